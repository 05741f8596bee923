import type { Notice } from './notice.ts';
import { type RunProgram, runProgram } from './run-program.ts';

/**
 * Shows the notice by the system's own notifier: notify-send (freedesktop.org), osascript (macOS), a toast by PowerShell
 * (Windows). The texts are never part of a script. Rejects where there is none. Only Linux was ever run.
 */
export async function notifyDesktop(
  notice: Pick<Notice, 'title' | 'message'>,
  platform: NodeJS.Platform = process.platform,
  run: RunProgram = runProgram,
): Promise<void> {
  const { title, message } = notice;
  switch (platform) {
    case 'darwin':
      await run('osascript', ['-e', APPLE_SCRIPT, title, message]);
      return;
    case 'win32':
      await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', POWERSHELL], {
        env: { MEMPORT_NOTICE_TITLE: title, MEMPORT_NOTICE_MESSAGE: message },
      });
      return;
    default:
      await run('notify-send', ['--app-name=memport', '--', title, message]);
  }
}

const APPLE_SCRIPT = `on run argv
  display notification (item 2 of argv) with title (item 1 of argv)
end run`;

const POWERSHELL = `[Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime] > $null
$toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$texts = $toast.GetElementsByTagName('text')
$texts.Item(0).AppendChild($toast.CreateTextNode($env:MEMPORT_NOTICE_TITLE)) > $null
$texts.Item(1).AppendChild($toast.CreateTextNode($env:MEMPORT_NOTICE_MESSAGE)) > $null
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier('memport').Show([Windows.UI.Notifications.ToastNotification]::new($toast))`;
