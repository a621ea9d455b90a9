/** What is searched for; it stays while one looks at a find and comes back. */
class Library {
  query = $state('');
}

export const library = new Library();
