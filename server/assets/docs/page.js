/* Shows the API's description; light or dark as the browser is. */
const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
dark.addEventListener('change', paint);
paint();

SwaggerUIBundle({
  url: '../openapi.json',
  dom_id: '#api',
  deepLinking: true,
  docExpansion: 'list',
  filter: true,
  tryItOutEnabled: false,
  // The token stays in this page's memory.
  persistAuthorization: false,
  // Nothing is asked from elsewhere.
  validatorUrl: null,
});
