/** English: one row per ErrorText. */
import type { ErrorMessages } from './error-message.ts';

export const enErrors: ErrorMessages = {
  'request-broken': {
    title: 'Part of the address is missing',
    happened: 'Something that should have come along is missing or can’t be read. It may be an old link or a bookmark.',
    todo: 'Open {service} the way you usually do, and log in from there.',
  },
  'request-untrusted': {
    title: 'We can’t be sure who is asking',
    happened: 'Somebody wants to know who you are, but we can’t see that the question comes from a connected service. So we stop here. Nothing about you has been shared.',
    todo: 'Open {service} the way you usually do, and try from there.',
  },
  'request-repeated': {
    title: 'This login has already been used',
    happened: 'A login works only once. Going back, reloading the page or opening a bookmark easily leads here.',
    todo: 'Open {service} again and log in from there.',
  },
  'request-old': {
    title: 'That took too long',
    happened: 'You were sent here a while ago, and that request no longer counts. A clock that is wrong can also be the reason.',
    todo: 'Open {service} again and log in from there.',
  },
  'service-unknown': {
    title: 'This service isn’t connected',
    happened: 'We don’t know the service that sent you here, so we can’t log you in to it.',
    todo: 'Check that you opened the right address. If you did, the service has to be connected first.',
  },
  'service-disabled': {
    title: 'Login is switched off',
    happened: 'It isn’t possible to log in to {service} right now. Its login has been switched off.',
    todo: 'Ask support when it opens again.',
  },
  'party-disabled': {
    title: 'Login is switched off',
    happened: 'The organisation behind {service} isn’t connected here right now.',
    todo: 'Ask support when it opens again.',
  },
  'level-impossible': {
    title: 'This login isn’t strong enough',
    happened: 'You are who you say, but {service} requires a higher level of assurance than your login gives.',
    todo: 'Log in with another card, or in another way.',
  },
  'interaction-needed': {
    title: 'You need to log in',
    happened: 'The service asked whether you were logged in already, and you weren’t.',
    todo: 'Open {service} again and log in.',
  },
  'address-unknown': {
    title: 'We don’t know where to send the answer',
    happened: 'The address that was to get the answer isn’t registered with us. So we send nothing.',
    todo: 'Open {service} the way you usually do. If this happens again, somebody has to put it right.',
  },
  'request-unsupported': {
    title: 'The service asked for something we don’t have',
    happened: 'The request is genuine, but put in a way that we can’t answer.',
    todo: 'There is nothing you can do about it yourself.',
  },
  'card-none': {
    title: 'We saw no card',
    happened: 'Perhaps the card wasn’t in the reader, or the box where you choose a certificate was closed.',
    todo: 'Insert the card, wait a couple of seconds and try again.',
  },
  'card-signature': {
    title: 'That was the wrong certificate',
    happened: 'The card holds two certificates: one for identification and one for signing. The one for signing was chosen.',
    todo: 'Try again and choose the other one.',
  },
  'card-expired': {
    title: 'The card has expired',
    happened: 'The card’s validity has ended, so it can’t be used to log in.',
    todo: 'If you have a newer card, use that. Otherwise ask for a reserve card where cards are handed out.',
  },
  'card-not-yet-valid': {
    title: 'The card isn’t valid yet',
    happened: 'The card’s validity hasn’t begun.',
    todo: 'Use your old card for now, or ask for a reserve card.',
  },
  'card-revoked': {
    title: 'The card is blocked',
    happened: 'The card may no longer be used. Perhaps it was reported lost, or you have been given a new one.',
    todo: 'Use your new card. If you have none, ask for a reserve card where cards are handed out.',
  },
  'card-issuer-unknown': {
    title: 'We don’t recognise the card',
    happened: 'The card comes from an issuer that isn’t trusted here. SITHS and Efos cards work.',
    todo: 'Try your SITHS or Efos card.',
  },
  'card-level-unknown': {
    title: 'The card can’t be used here',
    happened: 'The card is genuine, but it doesn’t say which level of assurance it has. So we can’t log you in with it.',
    todo: 'Try another card if you have one.',
  },
  'card-cannot-check': {
    title: 'We can’t check the card right now',
    happened: 'We can’t find out whether the card is blocked. To be on the safe side, nobody gets in until we can.',
    todo: 'Wait a minute and try again.',
  },
  'card-unreadable': {
    title: 'The card couldn’t be read',
    happened: 'What is stored on the card isn’t written the way it should be.',
    todo: 'Try another card if you have one.',
  },
  'card-proxy': {
    title: 'The card didn’t reach us',
    happened: 'Something between your computer and us didn’t pass the card on properly. There is nothing wrong with the card.',
    todo: 'Open {service} again and give it another try.',
  },
  'card-link-used': {
    title: 'The card step has run out',
    happened: 'That step lasts two minutes and works only once.',
    todo: 'Try again, and it starts over.',
  },
  'person-unknown': {
    title: 'You aren’t in the HSA directory',
    happened: 'There is nothing wrong with your card. But facts about people who work in healthcare come from the HSA directory, and you aren’t in it.',
    todo: 'Ask your manager, or whoever looks after HSA where you work, to add you.',
  },
  'person-elsewhere': {
    title: 'Your job isn’t with anyone here',
    happened: 'You are in the HSA directory, but not with an organisation that uses this login.',
    todo: 'Log in where your employer normally logs you in, or ask support.',
  },
  'directory-away': {
    title: 'The HSA directory isn’t answering',
    happened: 'We need facts about your job from it, and get no answer right now.',
    todo: 'Wait a minute and try again.',
  },
  'commission-none': {
    title: 'You have no commission to work under',
    happened: 'For {service} you need a healthcare commission, and none of yours is valid today.',
    todo: 'Ask your manager, or whoever looks after HSA where you work, to give you one.',
  },
  'employee-none': {
    title: 'We can’t find a job of yours',
    happened: 'You are in the HSA directory, but with no employment that is valid today.',
    todo: 'Ask your manager, or whoever looks after HSA where you work, to look at your details.',
  },
  'required-missing': {
    title: 'A fact about you is missing',
    happened: 'Without it, {service} won’t take you in, and the HSA directory doesn’t have it.',
    todo: 'Ask your manager, or whoever looks after HSA where you work, to add it.',
  },
  'required-held-back': {
    title: 'The service asks for too much',
    happened: 'To get into {service}, a fact about you is demanded that the service may not have. So we stop here. Nothing about you has been shared.',
    todo: 'There is nothing you can do about it yourself. Those who run the service have to put it right.',
  },
  'wrong-person': {
    title: 'That was somebody else',
    happened: 'The person who logged in isn’t the one that {service} was waiting for.',
    todo: 'Check that the card in the reader is your own, and try again.',
  },
  'login-cancelled': {
    title: 'The login was cancelled',
    happened: 'Nothing about you has been shared.',
    todo: 'If you want to log in after all, start again in {service}.',
  },
  'login-lost': {
    title: 'We lost track of this login',
    happened: 'The browser came back without what holds the login together. An old tab, a long wait or blocked cookies can be the reason.',
    todo: 'Give it another try.',
  },
  'login-over': {
    title: 'This login is gone',
    happened: 'The page belongs to a login that has ended. It may be an old tab or a bookmark.',
    todo: 'Open {service} the way you usually do, and log in from there.',
  },
  'login-elsewhere': {
    title: 'This login belongs to another browser',
    happened: 'It began somewhere else and can only be finished there.',
    todo: 'Did somebody send you the link? Don’t use it. Open {service} yourself and log in from there.',
  },
  'login-done': {
    title: 'This login is already finished',
    happened: 'Another tab or a double click got there first.',
    todo: 'Go back to {service}. You should be logged in there.',
  },
  'method-none': {
    title: 'There is no way to log in',
    happened: 'None of the ways to log in that are open for {service} reaches the level of assurance it requires.',
    todo: 'There is nothing you can do about it yourself.',
  },
  'choice-unknown': {
    title: 'The list has changed',
    happened: 'What you chose is no longer on the list. It changed while the page was open.',
    todo: 'Go back and choose again.',
  },
  'store-away': {
    title: 'Login is out of order for the moment',
    happened: 'Part of our system isn’t answering. There is nothing wrong with your card.',
    todo: 'Wait a minute and try again. If you are already logged in to a service, you can go on working there.',
  },
  'audit-away': {
    title: 'We can’t log anybody in right now',
    happened: 'Every login has to leave a record, and at the moment we can’t write one. Until we can, nobody gets in.',
    todo: 'Wait a minute and try again. If you are already logged in to a service, you can go on working there.',
  },
  'busy': {
    title: 'Just a moment, please',
    happened: 'Many logins have come from here in a short time.',
    todo: 'Wait a minute and try again.',
  },
  'service-busy': {
    title: 'The service sends too many logins',
    happened: 'The service that you came from has sent more logins in a short time than it may. Other services are not affected.',
    todo: 'Wait a minute and try again. Turn to the support of the service if it goes on.',
  },
  'form-foreign': {
    title: 'That answer came from an old page',
    happened: 'The button belonged to a page that no longer counts, or to another tab.',
    todo: 'Go back to {service} and start again from there.',
  },
  'page-unknown': {
    title: 'There is no such page',
    happened: 'The address leads nowhere with us.',
    todo: 'Open the service you need. It will send you the right way.',
  },
  'host-unknown': {
    title: 'Wrong address',
    happened: 'You came here by an address that we don’t answer to.',
    todo: 'Open the service you need. It will send you the right way.',
  },
  'internal': {
    title: 'Something went wrong on our side',
    happened: 'An error stopped the login. It is nothing you did.',
    todo: 'Try again. If it happens once more, call support and read out the reference.',
  },
  'mobile-refused': {
    title: 'It was cancelled in the app',
    happened: 'The identification on the phone was cancelled or refused.',
    todo: 'Try again, or log in another way.',
  },
  'mobile-replaced': {
    title: 'Another login took over',
    happened: 'Somebody began a new login for the same person at the same time, and both were stopped.',
    todo: 'If it was you, try again. If not, call support: somebody may be trying to log in as you.',
  },
  'mobile-credential': {
    title: 'The e-identification on the phone can’t be used',
    happened: 'It is blocked, has expired, or is not of a kind that is enough here.',
    todo: 'Log in another way. Order a new mobile e-identification from your organisation.',
  },
  'mobile-elsewhere': {
    title: 'The phone and the browser are on different networks',
    happened: 'You chose the app on this device, but it answered from another network.',
    todo: 'Try again on the same network. Never approve a login that somebody else asked you to.',
  },
  'mobile-app': {
    title: 'The app couldn’t do it',
    happened: 'The app on the phone gave up or is too old.',
    todo: 'Update the app and try again, or log in another way.',
  },
  'mobile-unknown': {
    title: 'No mobile e-identification was found',
    happened: 'The person you typed in has no mobile e-identification that we can reach.',
    todo: 'Check what you typed, or log in another way.',
  },
  'mobile-expired': {
    title: 'Time ran out in the app',
    happened: 'We waited for an answer from the phone, but none came.',
    todo: 'Have the app open and try again.',
  },
  'mobile-away': {
    title: 'Phones can’t be used right now',
    happened: 'The service for identification by phone isn’t answering.',
    todo: 'Log in another way, or wait a minute and try again.',
  },
  'upstream-refused': {
    title: 'Your organisation didn’t let you through',
    happened: 'The login at your organisation wasn’t accepted.',
    todo: 'Try again, or log in another way.',
  },
  'upstream-away': {
    title: 'Your organisation’s login isn’t answering',
    happened: 'We passed the question on to your organisation, but got no answer that we can trust.',
    todo: 'Wait a minute and try again, or log in another way.',
  },
  'upstream-closed': {
    title: 'Your organisation’s login is closed',
    happened: 'The login at your organisation isn’t used here right now.',
    todo: 'Log in another way, or ask support when it opens again.',
  },
  'not-a-page': {
    title: 'Something went wrong on our side',
    happened: 'An error stopped the login. It is nothing you did.',
    todo: 'Try again in a while.',
  },
};
