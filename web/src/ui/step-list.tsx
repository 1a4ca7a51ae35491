// The steps of a set-up in their order: done, the present one, and those to come.
import { IconCheck } from '@tabler/icons-react';
import { AppLink } from './app-link.tsx';
import classes from './ui.module.css';

export interface StepItem {
  key: string;
  label: string;
  done: boolean;
  current: boolean;
  /** Where the step is; a step that cannot be opened yet has none. */
  to?: string;
}

export function StepList({ label, steps, doneWord }: { label: string; steps: readonly StepItem[]; doneWord: string }) {
  return (
    <nav aria-label={label}>
      <ol className={classes.steps}>
        {steps.map((step, index) => {
          const className = `${classes.step} ${step.done ? classes.stepDone : ''} ${step.current ? classes.stepNow : ''}`;
          const content = (
            <>
              <span className={classes.stepMark} aria-hidden>
                {step.done && !step.current ? <IconCheck size={14} stroke={2.2} /> : index + 1}
              </span>
              {step.label}
              {step.done && <span className={classes.screenReader}> ({doneWord})</span>}
            </>
          );
          return (
            <li key={step.key} {...(step.current ? { 'aria-current': 'step' as const } : {})}>
              {step.to === undefined ? (
                <span className={className}>{content}</span>
              ) : (
                <AppLink to={step.to} className={className}>
                  {content}
                </AppLink>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
