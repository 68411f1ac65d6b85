"""What scripts in a page have in common: they reach its shadow roots and frames of the same origin, and let it draw."""

# Defines `roots` for the script that follows. What a frame of another origin holds can't be read; its requests count.
ROOTS = """
  const roots = [];
  const enter = root => {
    roots.push(root);
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) enter(element.shadowRoot);
      if (element.contentDocument?.documentElement) enter(element.contentDocument);
    }
  };
  enter(document);
"""

# After `roots`: what would load on scrolling loads at once.
EAGER = """
  for (const root of roots) {
    for (const lazy of root.querySelectorAll('[loading=lazy]')) lazy.loading = 'eager';
  }
"""

# Returns when the page has drawn two frames. An animation tells of them where scripts are off, too.
TWO_FRAMES = "await document.documentElement.animate([], 34).finished;"
