/** Characters and names of XML 1.0 (fifth edition) and Namespaces in XML. */
export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';

const start = 'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const rest = `${start}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040`;
export const characters = {
  /** Outside Char [XML §2.2]. */
  illegal: /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u,
  ncName: new RegExp(`^[${start}][${rest}]*$`, 'u'),
  rootScope: new Map([['', ''], ['xml', XML_NAMESPACE]]) as ReadonlyMap<string, string>,
};
