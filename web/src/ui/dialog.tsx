// A dialog: its question at its head, closed by Escape, and the keyboard goes back to what opened it.
import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface DialogProps extends Pick<ModalProps, 'size' | 'closeOnClickOutside'> {
  opened: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
}

export function Dialog({ children, ...props }: DialogProps) {
  const { t } = useTranslation();
  useReturnFocus(props.opened);
  return (
    <Modal {...props} closeButtonProps={{ 'aria-label': t(($) => $.shell.action.close) }}>
      {children}
    </Modal>
  );
}

/** A modal that closes gives the focus back by itself, but not one that is taken off the page while it is open. */
function useReturnFocus(isOpen: boolean): void {
  const [opener] = useState(() => (isOpen ? findOpener() : null));
  useEffect(
    () => () => {
      // By then the dialog and its trap are gone.
      setTimeout(() => {
        if (document.activeElement === document.body) opener?.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}

/** An entry of a menu goes with the menu: what opened that one stays. */
function findOpener(): HTMLElement | null {
  const active = document.activeElement;
  const menuButton = active?.closest('[role="menu"]')?.getAttribute('aria-labelledby') ?? null;
  const opener = menuButton === null ? active : document.getElementById(menuButton);
  return opener instanceof HTMLElement ? opener : null;
}
