// *Exportera*: the list that is shown as a file, made by the server in the language of the page.
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { exportFormats, type ExportFormat } from '../../../../src/contract/table-export.ts';
import { useErrorWords } from '../../ui/error-state.tsx';
import { tell, tellProblem } from '../../ui/told.ts';

export interface FileWish {
  format: ExportFormat;
  language: 'sv' | 'en';
}

interface FileExportProps {
  /** `useDownload`'s, with what is shown filled in. */
  onExport: (wish: FileWish, answer: { onSuccess: () => void; onError: (error: Error) => void }) => void;
  isPending: boolean;
}

export function FileExport({ onExport, isPending }: FileExportProps) {
  const { t, i18n } = useTranslation();
  const errorWords = useErrorWords();
  const begin = (format: ExportFormat) =>
    onExport(
      { format, language: i18n.language === 'en' ? 'en' : 'sv' },
      {
        onSuccess: () => tell(t(($) => $.held.export.done)),
        onError: (error) => {
          const { title, next } = errorWords(error);
          tellProblem(`${title} ${next}`);
        },
      },
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          loading={isPending}
          leftSection={<IconDownload size={16} stroke={1.6} aria-hidden />}
        >
          {t(($) => $.held.export.label)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {exportFormats.map((format) => (
          <Menu.Item key={format} onClick={() => begin(format)}>
            {t(($) => $.held.export[format])}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
