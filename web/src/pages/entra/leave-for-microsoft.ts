// The way to Microsoft's own pages: the whole browser goes there, and comes back by an address of the server.
import { useCallback, useEffect, useState } from 'react';

/** `[isLeaving, leave]`: true from the moment of leaving, and false again for who comes back with the browser's button. */
export function useLeaveForMicrosoft(): [boolean, (to: { redirectUrl: string }) => void] {
  const [isLeaving, setLeaving] = useState(false);
  useEffect(() => {
    const onShow = (event: PageTransitionEvent) => {
      // The page is shown as it was left, not anew.
      if (event.persisted) setLeaving(false);
    };
    window.addEventListener('pageshow', onShow);
    return () => window.removeEventListener('pageshow', onShow);
  }, []);
  const leave = useCallback(({ redirectUrl }: { redirectUrl: string }) => {
    setLeaving(true);
    window.location.assign(redirectUrl);
  }, []);
  return [isLeaving, leave];
}
