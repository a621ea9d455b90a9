/** Starts the window: the core first, then what every page needs, then the page. */
import { mount } from 'svelte';
import App from '~/app/App.svelte';
import { startFrame } from '~/app/frame.svelte';
import { follow, startRoutes } from '~/app/routes.svelte';
import { connect } from '~/ipc/client';
import { listen } from '~/ipc/live';
import { clock } from '~/shared/clock.svelte';
import { startUndo } from '~/shared/undo.svelte';
import '~/shared/fonts.css';
import '~/shared/tokens.css';
import '~/shared/base.css';

await connect();
startRoutes();
clock.start();
// Screens must not wait for the event channel; if it fails, focus and the minute still refresh them.
listen(follow).catch((thrown: unknown) => console.warn('events cannot be heard', thrown));
startFrame();
startUndo();
mount(App, { target: document.getElementById('app') as HTMLElement });
