import { mount } from 'svelte';
import App from './App.svelte';
import './design/tokens.css';
import './design/base.css';
import { session } from './session/session.svelte';
import { router } from './shell/router.svelte';
import { themeChoice } from './shell/theme.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('The page has no place for the app.');
// Written relative to the page, whose address changes: browsers would look for the picture anew from each.
const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
icon?.setAttribute('href', icon.href);
themeChoice.start();
router.start();
session.start();
mount(App, { target });
