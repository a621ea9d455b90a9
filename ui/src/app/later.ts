/** What is not on screen when the window opens, in a script of its own. */
export { default as Dialogs } from './Dialogs.svelte';
export { default as Rooms } from './Rooms.svelte';
