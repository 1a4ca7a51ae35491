// A link inside the app, and a button that is one: the only place where ui/ knows the router.
import { Button, Menu, type ButtonProps } from '@mantine/core';
import { Link, useRouter } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, ReactNode } from 'react';
import classes from './ui.module.css';

interface AppLinkProps extends Pick<
  AnchorHTMLAttributes<HTMLAnchorElement>,
  'className' | 'onClick' | 'aria-label' | 'aria-current'
> {
  /** From paths.ts; may carry `?…`. */
  to: string;
  replace?: boolean;
  /** Stays where one has scrolled to: for what opens beside a list. */
  keepScroll?: boolean;
  children: ReactNode;
}

export function AppLink({
  to,
  replace = false,
  keepScroll = false,
  className = classes.link,
  children,
  ...rest
}: AppLinkProps) {
  const { pathname, search } = useAddress(to);
  return (
    <Link
      {...rest}
      to={pathname}
      search={search}
      replace={replace}
      resetScroll={!keepScroll}
      className={className}
      // Else the router marks every page above the present one as current, too.
      activeOptions={{ exact: true }}
      activeProps={{}}
    >
      {children}
    </Link>
  );
}

export function LinkButton({
  to,
  children,
  ...rest
}: ButtonProps & { to: string; children: ReactNode; 'aria-label'?: string }) {
  const { pathname, search } = useAddress(to);
  return (
    <Button {...rest} renderRoot={({ ...props }) => <Link {...props} to={pathname} search={search} />}>
      {children}
    </Button>
  );
}

/** An entry of a menu that leads somewhere. */
export function LinkItem({ to, icon, children }: { to: string; icon: ReactNode; children: ReactNode }) {
  const { pathname, search } = useAddress(to);
  return (
    <Menu.Item leftSection={icon} renderRoot={({ ...props }) => <Link {...props} to={pathname} search={search} />}>
      {children}
    </Menu.Item>
  );
}

/** The router takes path and search apart. */
function useAddress(to: string) {
  const router = useRouter();
  const [pathname = '/', search = ''] = to.split('?', 2);
  return { pathname, search: router.options.parseSearch(search) };
}
