/* R's serialization stream, read without making R objects. r/farside/src has copies: npm run shared. */
#ifndef STREAM_H
#define STREAM_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Item types of the stream (R's serialize.c); those of R's own objects are in Rinternals.h. */
enum {
  ALTREP_ITEM = 238, ATTRLIST_ITEM, ATTRLANG_ITEM, BASEENV_ITEM, EMPTYENV_ITEM, BCREPREF_ITEM, BCREPDEF_ITEM,
  GENERIC_ITEM, CLASS_ITEM, PERSIST_ITEM, PACKAGE_ITEM, NAMESPACE_ITEM, BASENAMESPACE_ITEM, MISSINGARG_ITEM,
  UNBOUND_ITEM, GLOBALENV_ITEM, NIL_ITEM, REF_ITEM
};
#define IS_OBJECT 0x100
#define HAS_ATTR 0x200
#define HAS_TAG 0x400
#define LEVELS(flags) ((unsigned)(flags) >> 12 & 0xffff)
#define ACTIVE_LEVEL 0x8000 /* of the cell of a binding */

/* Where an item stands, which decides what may be there. */
typedef enum { IN_DATA, IN_BINDING, IN_CODE } place;

/* Symbols that mean something as the name of an attribute. */
typedef enum {
  NAME_OTHER, NAME_NAMES, NAME_DIM, NAME_DIMNAMES, NAME_CLASS, NAME_LEVELS, NAME_ROWNAMES, NAME_TSP, NAME_SELFREF
} name_kind;

/* What a later item can refer to. */
typedef struct {
  uint64_t at, end;
  int type;         /* SYMSXP, ENVSXP, EXTPTRSXP, WEAKREFSXP, NAMESPACE_ITEM, PACKAGE_ITEM */
  name_kind name;   /* of a symbol */
  int64_t parent;   /* of an environment: index of the enclosing one, 0 outside the stream */
  char *package;    /* of a namespace or package */
  int absent;       /* the package is not here: the global environment stands in */
  int64_t written;  /* index in what is written */
} reference;

/* An item that is not passed on as it is. */
typedef enum { A_PROMISE, A_BYTECODE, A_WRAPPER } edit_kind;
typedef struct {
  uint64_t at, end;
  uint64_t inner;   /* the value of a promise, the expression of bytecode, the vector in a wrapper */
  uint64_t attr;    /* the attributes of a wrapper */
  edit_kind kind;
  int type;         /* bytecode: the type word of the expression */
  int reps;         /* bytecode: number of shared cells */
  int forced;       /* promise */
} edit;

/* A cell that bytecode refers to more than once. */
typedef struct { int state, next; uint64_t at; } shared_cell;

typedef struct { int64_t element; const char *what; } finding;

/* What is known of an item that was read. */
typedef struct {
  int type;         /* as R will see it; NILSXP for NULL */
  int64_t length;
  uint64_t data;    /* where the payload begins, 0: none that can be read again */
  int64_t ref;      /* index, 0: can not be referred to */
  int64_t rows;     /* as a column of a data frame; -1: unknown */
  double first, step; /* of a sequence; step 0: it is none */
} item;

typedef struct {
  const unsigned char *memory;
  FILE *file;
  unsigned char *window;
  uint64_t window_at;
  size_t window_size;
  uint64_t size, at;
  int big;          /* big endian */
} source;

typedef struct {
  source in;
  char header[2];
  int rdata;        /* what save() wrote: a pairlist */
  uint64_t start;
  int lenient;      /* report what would be refused */
  int depth, deepest, quiet;
  int levels;       /* of items in items; `deepest` counts cells too, which R reads by recursion */
  int64_t element;  /* of the outermost list, from 1 */
  const char *const *builtins, *const *specials;
  reference *refs;
  int64_t n_refs, room_refs;
  edit *edits;
  int64_t n_edits, room_edits;
  finding *found;
  int64_t n_found, room_found;
  shared_cell *reps; /* of the bytecode that is being read */
  int n_reps;
} stream;

/* stream_source.c */
void source_open(source *in, const unsigned char *memory, uint64_t size, const char *path);
void source_close(source *in);
const unsigned char *take(source *in, size_t n);
void skip(source *in, uint64_t n);
int take_int(source *in);
int peek_int(source *in);
int64_t take_length(source *in, unsigned element_size);
void *grow(void *array, int64_t *room, int64_t needed, size_t each);
void refuse(const char *format, ...)
#ifdef __GNUC__
    __attribute__((noreturn, format(printf, 1, 2)))
#endif
    ;

/* stream_scan.c */
void stream_scan(stream *s);
item scan_item(stream *s, place where);
item scan_flagged(stream *s, int flags, place where);
item scan_reference(stream *s, int flags);
void enter(stream *s);
void leave(stream *s);
void policy(stream *s, const char *what, const char *why);
reference *add_reference(stream *s, uint64_t at, int type);
edit *add_edit(stream *s, uint64_t at, edit_kind kind);
void stream_free(stream *s);

/* stream_text.c */
int64_t scan_string(source *in, char *copy, size_t room);
item scan_symbol(stream *s);
void scan_package(stream *s, int type, uint64_t at, item *out);
void scan_primitive(stream *s, int flags);
void check_encoding(const unsigned char *name, int length);

/* stream_cells.c */
item scan_cells(stream *s, int flags, place where);
void scan_rest(stream *s, int flags, place where, int64_t *cells);
item scan_closure(stream *s, int flags);
item scan_promise(stream *s, int flags, uint64_t at, place where);
item scan_environment(stream *s, uint64_t at);
void check_enclosures(stream *s);
item scan_tag(stream *s);

/* stream_vector.c */
item scan_vector(stream *s, int flags);
int is_vector(int type);

/* stream_attr.c */
void scan_attributes(stream *s, item *owner);
void scan_attributes_flagged(stream *s, int flags, item *owner);

/* stream_altrep.c */
item scan_altrep(stream *s, uint64_t at);

/* stream_bytecode.c */
item scan_bytecode(stream *s, int flags, uint64_t at);

/* stream_write.c: what is written, as pieces of the source and of bytes of our own. */
typedef struct { uint64_t at, size; int own; } piece;
typedef struct {
  stream *s;
  piece *pieces;
  int64_t n_pieces, room_pieces;
  unsigned char *own;
  int64_t n_own, room_own;
  int64_t n_refs;   /* written so far */
  int64_t replaced; /* promises */
  int64_t spent;    /* bytes of our own where the outermost bytecode began */
  shared_cell *reps;
  int64_t next;     /* piece to be read, and how much of it was */
  uint64_t done;
} writer;

void writer_start(writer *w);
void writer_read(writer *w, unsigned char *into, uint64_t n);
void writer_free(writer *w);
void copy_source(writer *w, uint64_t from, uint64_t to);
void put_int(writer *w, int value);
void put_own(writer *w, const void *bytes, size_t n);

/* stream_rewrite.c */
void write_stream(writer *w);
void write_item(writer *w, place where);
void write_flagged(writer *w, int flags, place where);
void write_attributes(writer *w, int flags);
edit *find_edit(stream *s, uint64_t at);

/* stream_replace.c */
void write_promise(writer *w, const edit *e, place where);
void write_wrapper(writer *w, const edit *e, int flags, place where);
void write_bytecode(writer *w, const edit *e);

#endif
