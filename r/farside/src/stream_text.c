/* Strings, and what is named by one: symbols, packages, primitive functions, encodings. */
#include "stream.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <Rinternals.h>

/* A CHARSXP. Its length, -1 for NA; a copy with a closing zero, cut to room. */
int64_t scan_string(source *in, char *copy, size_t room) {
  int flags = take_int(in);
  if ((flags & 0xff) != CHARSXP) refuse("something that is not a string is where a string must be");
  if (flags & HAS_ATTR) refuse("a string has attributes");
  int length = take_int(in);
  if (copy) copy[0] = 0;
  if (length == -1) return -1;
  if (length < 0) refuse("a string has a negative length");
  if ((uint64_t)length > in->size - in->at) refuse("it is cut off inside a string");
  uint64_t left = (uint64_t)length;
  size_t copied = 0;
  while (left > 0) {
    size_t n = left < 65536 ? (size_t)left : 65536;
    const unsigned char *bytes = take(in, n);
    if (memchr(bytes, 0, n)) refuse("a string holds a zero byte");
    if (copy && copied + 1 < room) {
      size_t m = n < room - 1 - copied ? n : room - 1 - copied;
      memcpy(copy + copied, bytes, m);
      copied += m;
      copy[copied] = 0;
    }
    left -= n;
  }
  return length;
}

static name_kind kind_of(const char *name) {
  static const struct { const char *name; name_kind kind; } known[] = {
      {"names", NAME_NAMES}, {"dim", NAME_DIM}, {"dimnames", NAME_DIMNAMES}, {"class", NAME_CLASS},
      {"levels", NAME_LEVELS}, {"row.names", NAME_ROWNAMES}, {"tsp", NAME_TSP}, {".internal.selfref", NAME_SELFREF}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(name, known[i].name) == 0) return known[i].kind;
  return NAME_OTHER;
}

item scan_symbol(stream *s) {
  uint64_t at = s->in.at - 4;
  char name[24];
  int64_t length = scan_string(&s->in, name, sizeof name);
  if (length < 1 || length > 10000) refuse("a symbol has no possible name");
  reference *ref = add_reference(s, at, SYMSXP);
  ref->end = s->in.at;
  ref->name = length < (int64_t)sizeof name ? kind_of(name) : NAME_OTHER;
  return (item){.type = SYMSXP, .ref = s->n_refs, .rows = -1};
}

/* As R asks for; anything else could be a path to a package that nobody installed. */
static int is_package_name(const char *name) {
  size_t n = strlen(name);
  if (n < 2 || !isalpha((unsigned char)name[0]) || name[n - 1] == '.') return 0;
  for (size_t i = 0; i < n; i++)
    if ((unsigned char)name[i] > 127 || !(isalnum((unsigned char)name[i]) || name[i] == '.')) return 0;
  return 1;
}

void scan_package(stream *s, int type, uint64_t at, item *out) {
  if (take_int(&s->in) != 0) refuse("the name of a package is malformed");
  int n = take_int(&s->in);
  if (n < 1 || n > 8) refuse("the name of a package is malformed");
  char name[256], other[256];
  for (int i = 0; i < n; i++)
    if (scan_string(&s->in, i ? other : name, 256) < 1) refuse("the name of a package is malformed");
  const char *bare = name;
  if (type == PACKAGE_ITEM && strncmp(name, "package:", 8) == 0) bare += 8;
  if (!is_package_name(bare)) refuse("\"%.60s\" is not the name of a package", bare);
  reference *ref = add_reference(s, at, type);
  ref->end = s->in.at;
  ref->package = malloc(strlen(name) + 1);
  if (!ref->package) refuse("there is no memory to check it");
  strcpy(ref->package, name);
  *out = (item){.type = ENVSXP, .ref = s->n_refs, .rows = -1};
}

/* R would write the attributes, class and levels into its own one copy of the function. */
void scan_primitive(stream *s, int flags) {
  int length = take_int(&s->in);
  char name[64];
  if (length < 1 || length >= (int)sizeof name) refuse("a primitive function has no possible name");
  memcpy(name, take(&s->in, (size_t)length), (size_t)length);
  name[length] = 0;
  const char *const *known = (flags & 0xff) == BUILTINSXP ? s->builtins : s->specials;
  while (*known && strcmp(*known, name) != 0) known++;
  if (!*known) refuse("\"%s\" is not a function that R offers", name);
  if ((flags & (HAS_ATTR | IS_OBJECT)) || LEVELS(flags)) refuse("it would change R's own function \"%s\"", name);
}

/* Only what R sessions use: iconv() loads code for a name, and not all of that is sound. */
void check_encoding(const unsigned char *name, int length) {
  static const char *const known[] = {"UTF-8", "utf8", "ANSI_X3.4-1968", "US-ASCII", "ASCII", "646", "C", "ISO-8859-",
      "ISO8859-", "ISO_8859-", "latin", "CP", "windows-", "EUC-", "eucJP", "eucKR", "eucCN", "SJIS", "Shift_JIS",
      "SHIFT_JIS", "GB", "Big5", "BIG5", "KOI8-", "TIS-620", "ARMSCII-8", "unknown", NULL};
  if (length == 0) return;
  for (int i = 0; i < length; i++)
    if (!(isalnum(name[i]) || strchr("-_.", name[i])) || name[i] > 127) refuse("its encoding has no possible name");
  for (int i = 0; known[i]; i++) {
    int n = (int)strlen(known[i]);
    if (n <= length && memcmp(name, known[i], (size_t)n) == 0) return;
  }
  refuse("its strings are in an encoding that R sessions do not use");
}
