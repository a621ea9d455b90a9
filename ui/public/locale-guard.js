// Under the locale C.UTF-8 WebKitGTK reports the language "C", and every Intl call with it throws. This runs before
// the application and is a classic script on purpose: modules are evaluated too late to protect their own imports.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-GB', configurable: true });
  Object.defineProperty(navigator, 'languages', { value: ['en-GB'], configurable: true });
}
