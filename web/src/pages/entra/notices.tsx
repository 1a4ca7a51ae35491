export const EntraNotices = () => null;
