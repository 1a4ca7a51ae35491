// *Exportera*: the list that is shown as a file, made by the server. Plain links, so that the browser saves it as it does any file.
import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

const formats = ['csv', 'xlsx'] as const;
type Format = (typeof formats)[number];

export function FileExport({ addressOf }: { addressOf: (format: Format) => string }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconDownload size={16} stroke={1.6} aria-hidden />}
        >
          {t(($) => $.held.export.label)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map((format) => (
          <Menu.Item key={format} component="a" href={addressOf(format)} download>
            {t(($) => $.held.export[format])}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
