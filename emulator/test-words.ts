// Names that tests use, from the parts of the emulator that own them.
export { FJALLBYGG, NORRSKEN, userId, groupId, ANCHORS, SIGN_IN_ACCOUNTS } from './people.ts';
export { ROLE as ROLE_IDS } from './model.ts';
