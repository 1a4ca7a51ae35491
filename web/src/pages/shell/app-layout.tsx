// What stands around every page of a signed-in person.
import { Burger, Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session.ts';
import { speak } from '../../language.ts';
import { Brand } from './brand.tsx';
import { MenuEntries } from './menu-entries.tsx';
import { ReadOnlyNotice } from './read-only-notice.tsx';
import classes from './shell.module.css';

export function AppLayout() {
  const { t } = useTranslation();
  const [isOpen, menu] = useDisclosure(false);
  const main = useFocusOnNavigation();
  const { language } = useSession().account;
  useEffect(() => {
    if (language !== null) void speak(language);
  }, [language]);
  return (
    <div className={classes.app}>
      <a className={classes.skip} href="#main">
        {t(($) => $.shell.skip)}
      </a>
      <header className={classes.top}>
        <Brand />
        <Burger opened={isOpen} onClick={menu.toggle} size="sm" aria-label={t(($) => $.shell.menu.open)} />
      </header>
      <nav className={`${classes.rail} ${classes.side}`} aria-label={t(($) => $.shell.menu.label)}>
        <Brand />
        <MenuEntries />
      </nav>
      <Drawer
        opened={isOpen}
        onClose={menu.close}
        size={280}
        position="right"
        title="Samsyn"
        closeButtonProps={{ 'aria-label': t(($) => $.shell.menu.close) }}
      >
        <nav className={classes.drawer} aria-label={t(($) => $.shell.menu.label)}>
          <MenuEntries onNavigate={menu.close} />
        </nav>
      </Drawer>
      <main id="main" className={classes.main} tabIndex={-1} ref={main}>
        <ReadOnlyNotice />
        <Outlet />
      </main>
    </div>
  );
}

/** After a change of page the keyboard is at the content, as after a page load. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    const isWithin = (path: string) => path.split('/').slice(0, 4).join('/');
    // Opening a contact card beside its list leaves the keyboard in the list.
    if (isWithin(before.current) !== isWithin(pathname)) main.current?.focus({ preventScroll: true });
    before.current = pathname;
  }, [pathname]);
  return main;
}
