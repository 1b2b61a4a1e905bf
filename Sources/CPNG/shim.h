// libpng reports errors by longjmp, which must never cross a Swift frame. Every call that can fail
// is therefore made here, between a setjmp and its return; Swift sees only 0 or 1 and a message.
#ifndef RECALLBENCH_CPNG_SHIM_H
#define RECALLBENCH_CPNG_SHIM_H

#include <png.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CPNG_SHIM static __attribute__((noinline, unused))

/// A PNG file in memory being read. Zero it, open it, decode it, close it (also after a failure).
typedef struct {
  const uint8_t *bytes;
  size_t size, offset;
  png_structp png;
  png_infop info;
  uint32_t width, height;
  int bit_depth, color_type;
  char message[200];
} cpng_reader;

/// A PNG file in memory being written. Zero it; free `bytes` with cpng_writer_close.
typedef struct {
  uint8_t *bytes;
  size_t size, capacity;
  png_structp png;
  png_infop info;
  char message[200];
} cpng_writer;

CPNG_SHIM void cpng_keep_message(char *kept, const char *message) {
  strncpy(kept, message ? message : "unknown error", 199);
  kept[199] = 0;
}

CPNG_SHIM void cpng_reader_failed(png_structp png, png_const_charp message) {
  cpng_keep_message(((cpng_reader *)png_get_error_ptr(png))->message, message);
  png_longjmp(png, 1);
}

CPNG_SHIM void cpng_writer_failed(png_structp png, png_const_charp message) {
  cpng_keep_message(((cpng_writer *)png_get_error_ptr(png))->message, message);
  png_longjmp(png, 1);
}

/// Warnings concern ancillary chunks, which have no effect on the samples.
CPNG_SHIM void cpng_warned(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

CPNG_SHIM void cpng_take(png_structp png, png_bytep into, size_t count) {
  cpng_reader *reader = (cpng_reader *)png_get_io_ptr(png);
  if (count > reader->size - reader->offset) png_error(png, "the file ends too early");
  memcpy(into, reader->bytes + reader->offset, count);
  reader->offset += count;
}

CPNG_SHIM void cpng_append(png_structp png, png_bytep from, size_t count) {
  cpng_writer *writer = (cpng_writer *)png_get_io_ptr(png);
  if (count > writer->capacity - writer->size) {
    size_t capacity = 2 * writer->capacity + count + 4096;
    uint8_t *bytes = (uint8_t *)realloc(writer->bytes, capacity);
    if (!bytes) png_error(png, "out of memory");
    writer->bytes = bytes;
    writer->capacity = capacity;
  }
  memcpy(writer->bytes + writer->size, from, count);
  writer->size += count;
}

CPNG_SHIM void cpng_flush(png_structp png) { (void)png; }

/// Reads everything before the samples: width, height, bit_depth and color_type. 1 if it worked.
CPNG_SHIM int cpng_reader_open(
    cpng_reader *reader, const uint8_t *bytes, size_t size, uint32_t longest_side) {
  reader->bytes = bytes;
  reader->size = size;
  reader->png = png_create_read_struct(
      PNG_LIBPNG_VER_STRING, reader, cpng_reader_failed, cpng_warned);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (!reader->info) {
    cpng_keep_message(reader->message, "libpng cannot be initialised");
    return 0;
  }
  if (setjmp(png_jmpbuf(reader->png))) return 0;
  png_set_user_limits(reader->png, longest_side, longest_side);
  // Chunks that change no sample (all but IHDR, PLTE, tRNS, IDAT and IEND) are skipped: for a text
  // chunk of a stated 2 GB, libpng would ask for memory before it looks for the bytes.
  png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, 0, -1);
  // So are those before the header, which may then be where nobody else looks for it.
  if (size < 16 || memcmp(bytes + 12, "IHDR", 4)) png_error(reader->png, "the header is not first");
  png_set_read_fn(reader->png, reader, cpng_take);
  png_read_info(reader->png, reader->info);
  png_get_IHDR(
      reader->png, reader->info, &reader->width, &reader->height, &reader->bit_depth,
      &reader->color_type, 0, 0, 0);
  return 1;
}

/// Chooses how samples are unpacked and returns the bytes of a row; 0 if that failed.
/// raw: palette indices and 1, 2 and 4-bit grays as they are stored, one byte each. Otherwise
/// palettes become colours and grays are scaled to 8 bits. 16-bit samples in native order.
CPNG_SHIM size_t cpng_reader_prepare(
    cpng_reader *reader, int raw, int *channels, int *bit_depth) {
  if (setjmp(png_jmpbuf(reader->png))) return 0;
  if (raw) {
    png_set_packing(reader->png);
  } else if (reader->color_type == PNG_COLOR_TYPE_PALETTE) {
    png_set_palette_to_rgb(reader->png);
  } else if (reader->color_type == PNG_COLOR_TYPE_GRAY && reader->bit_depth < 8) {
    png_set_expand_gray_1_2_4_to_8(reader->png);
  }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (reader->bit_depth == 16) png_set_swap(reader->png);
#endif
  png_set_interlace_handling(reader->png);
  png_read_update_info(reader->png, reader->info);
  *channels = png_get_channels(reader->png, reader->info);
  *bit_depth = png_get_bit_depth(reader->png, reader->info) == 16 ? 16 : 8;
  return png_get_rowbytes(reader->png, reader->info);
}

/// Fills `height` rows of the prepared size, and checks that the file is complete. 1 if it worked.
CPNG_SHIM int cpng_reader_decode(cpng_reader *reader, uint8_t *rows, size_t row_bytes, int passes) {
  if (setjmp(png_jmpbuf(reader->png))) return 0;
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < reader->height; y++)
      png_read_row(reader->png, rows + (size_t)y * row_bytes, 0);
  png_read_end(reader->png, 0);
  return 1;
}

CPNG_SHIM int cpng_reader_passes(const cpng_reader *reader) {
  return png_get_interlace_type(reader->png, reader->info) == PNG_INTERLACE_ADAM7 ? 7 : 1;
}

CPNG_SHIM void cpng_reader_close(cpng_reader *reader) {
  png_destroy_read_struct(&reader->png, &reader->info, 0);
}

/// Encodes rows of native samples into writer->bytes. 1 if it worked.
CPNG_SHIM int cpng_writer_encode(
    cpng_writer *writer, const uint8_t *rows, size_t row_bytes, uint32_t width, uint32_t height,
    int bit_depth, int color_type) {
  writer->png = png_create_write_struct(
      PNG_LIBPNG_VER_STRING, writer, cpng_writer_failed, cpng_warned);
  if (writer->png) writer->info = png_create_info_struct(writer->png);
  if (!writer->info) {
    cpng_keep_message(writer->message, "libpng cannot be initialised");
    return 0;
  }
  if (setjmp(png_jmpbuf(writer->png))) return 0;
  png_set_write_fn(writer->png, writer, cpng_append, cpng_flush);
  png_set_IHDR(
      writer->png, writer->info, width, height, bit_depth, color_type, PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  // Level 4 is twice as fast as the default and a few percent larger.
  png_set_compression_level(writer->png, 4);
  png_write_info(writer->png, writer->info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (bit_depth == 16) png_set_swap(writer->png);
#endif
  for (uint32_t y = 0; y < height; y++)
    png_write_row(writer->png, rows + (size_t)y * row_bytes);
  png_write_end(writer->png, 0);
  return 1;
}

CPNG_SHIM void cpng_writer_close(cpng_writer *writer) {
  png_destroy_write_struct(&writer->png, &writer->info);
  free(writer->bytes);
  writer->bytes = 0;
}

#endif
