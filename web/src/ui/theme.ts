// Mantine dressed in the design tokens: its own variables point to those of tokens.css, in both schemes.
import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

const tones = ['fjord', 'moss', 'amber', 'brick', 'sky'] as const;
type Tone = (typeof tones)[number];
const isTone = (color: string | undefined): color is Tone => tones.some((tone) => tone === color);

// Shade 7 is the light scheme's colour, 4 the dark scheme's; the others are steps between, for components that ask for one.
const fjord: MantineColorsTuple = ['#eef6f6', '#e3efef', '#bcdcde', '#8cc8cc', '#5fb7bd', '#38949b', '#1f767d', '#0f5c63', '#0b4a50', '#07363b']; // prettier-ignore
const moss: MantineColorsTuple = ['#f0f7f2', '#e6f1e8', '#c5e0cc', '#a0d0ae', '#7fc093', '#5da275', '#47895c', '#366f48', '#285637', '#1b3323']; // prettier-ignore
const amber: MantineColorsTuple = ['#fdf7ea', '#fbf0dc', '#f3dcae', '#eac27b', '#e0aa55', '#c48a2b', '#a9700f', '#8c5906', '#6d4505', '#3a2c12']; // prettier-ignore
const brick: MantineColorsTuple = ['#fdf3f1', '#fae8e5', '#f5cac4', '#f0aaa1', '#ea8c80', '#d2665a', '#bd4b3f', '#a8372c', '#8f2d24', '#40211d']; // prettier-ignore
const sky: MantineColorsTuple = ['#f0f6fb', '#e5eff7', '#c1daee', '#a3cae9', '#85b9e3', '#5a97c9', '#3f7fb2', '#2b6798', '#205078', '#1a2f40']; // prettier-ignore

// The dark scheme's greys from text to ground, as in tokens.css: 4 draws lines, 5 what is pointed at, 6 fields and sheets.
const dark: MantineColorsTuple = ['#e8eaea', '#c9cfd1', '#adb6ba', '#98a2a8', '#39424a', '#22282c', '#1b2023', '#181c1f', '#14181a', '#101315']; // prettier-ignore

export const theme = createTheme({
  fontFamily: "'Inter Variable', Inter, system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontFamily: 'inherit', fontWeight: '640' },
  colors: { fjord, moss, amber, brick, sky, dark },
  primaryColor: 'fjord',
  primaryShade: { light: 7, dark: 4 },
  white: '#ffffff',
  black: '#1d2226',
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  fontSizes: { xs: '12.5px', sm: '14px', md: '15px', lg: '17px', xl: '20px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  variantColorResolver: (input) => {
    const color = input.color ?? 'fjord';
    if (!isTone(color)) return defaultVariantColorsResolver(input);
    return toneColors(color, input.variant) ?? defaultVariantColorsResolver(input);
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle' } },
    Modal: {
      defaultProps: {
        radius: 'lg',
        centered: true,
        padding: 24,
        transitionProps: { duration: 150 },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    Drawer: { defaultProps: { transitionProps: { duration: 150 }, overlayProps: { backgroundOpacity: 0.4 } } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 100 } } },
    Tooltip: {
      defaultProps: {
        transitionProps: { duration: 100 },
        multiline: true,
        maw: 320,
        events: { hover: true, focus: true, touch: true },
      },
    },
    Loader: { defaultProps: { type: 'oval' } },
  },
});

/** The app's buttons: white text on fjord in the light scheme, dark text in the dark one. */
function toneColors(tone: Tone, variant: string) {
  const hover = tone === 'fjord' || tone === 'brick' ? `var(--${tone}-2)` : `var(--${tone})`;
  const text = tone === 'fjord' ? 'var(--fjord-2)' : `var(--${tone})`;
  if (variant === 'filled') {
    return {
      background: `var(--${tone})`,
      hover,
      color: tone === 'fjord' || tone === 'brick' ? `var(--on-${tone})` : 'var(--sheet)',
      border: '1px solid transparent',
    };
  }
  if (variant === 'outline') {
    return {
      background: 'var(--sheet)',
      hover: `var(--${tone}-soft)`,
      color: text,
      border: `1px solid color-mix(in srgb, var(--${tone}) 40%, var(--line))`,
    };
  }
  if (variant === 'light') {
    return {
      background: `var(--${tone}-soft)`,
      hover: `var(--${tone}-soft)`,
      color: text,
      border: '1px solid transparent',
    };
  }
  if (variant === 'subtle' || variant === 'transparent') {
    return { background: 'transparent', hover: `var(--${tone}-soft)`, color: text, border: '1px solid transparent' };
  }
  return undefined;
}

const shared: Record<string, string> = {
  '--mantine-color-body': 'var(--sheet)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-bright': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-2)',
  '--mantine-color-placeholder': 'var(--ink-3)',
  '--mantine-color-anchor': 'var(--fjord)',
  '--mantine-color-error': 'var(--brick)',
  '--mantine-color-success': 'var(--moss)',
  '--mantine-color-default': 'var(--sheet)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-disabled': 'var(--line-2)',
  '--mantine-color-disabled-color': 'var(--ink-3)',
  '--mantine-color-disabled-border': 'var(--line)',
  '--mantine-primary-color-contrast': 'var(--on-fjord)',
  ...Object.fromEntries(
    tones.flatMap((tone) => [
      [`--mantine-color-${tone}-filled`, `var(--${tone})`],
      [`--mantine-color-${tone}-filled-hover`, tone === 'fjord' ? 'var(--fjord-2)' : `var(--${tone})`],
      [`--mantine-color-${tone}-light`, `var(--${tone}-soft)`],
      [`--mantine-color-${tone}-light-hover`, `var(--${tone}-soft)`],
      [`--mantine-color-${tone}-light-color`, tone === 'fjord' ? 'var(--fjord-2)' : `var(--${tone})`],
      [`--mantine-color-${tone}-text`, `var(--${tone})`],
      [`--mantine-color-${tone}-outline`, `var(--${tone})`],
    ]),
  ),
};

export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--mantine-shadow-md': 'var(--shadow)', '--mantine-line-height': '1.5' },
  light: shared,
  dark: shared,
});
