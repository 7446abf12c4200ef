/** The address by which an app on iOS leads back to the very browser that asked: an https address alone opens the system's own, where nobody's login began (threats I04) [facts: credentials §2.2]. */
export const isApple = (userAgent: string): boolean => /iPhone|iPad|iPod/.test(userAgent);
export const returnOnApple = (returnUrl: string, userAgent: string): string => {
  if (/CriOS/.test(userAgent)) return returnUrl.replace(/^https:/, 'googlechromes:');
  return /FxiOS/.test(userAgent) ? `firefox://open-url?url=${encodeURIComponent(returnUrl)}` : returnUrl;
};
