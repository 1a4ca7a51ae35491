export const ChooseOrganisation = () => null;
