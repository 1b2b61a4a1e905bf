// What the C compiler inside Swift is told about the CPU (-march): Swift itself has no condition for it.
#pragma once

#include <stdio.h>
#include <stdlib.h>

// Floats of the widest vectors, of half of them, and bytes of as many.
#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512BW__) && defined(__AVX512DQ__)
typedef float rb_lanes __attribute__((ext_vector_type(16)));
typedef float rb_half_lanes __attribute__((ext_vector_type(8)));
typedef unsigned char rb_byte_lanes __attribute__((ext_vector_type(16)));
typedef unsigned char rb_half_byte_lanes __attribute__((ext_vector_type(8)));
#else
typedef float rb_lanes __attribute__((ext_vector_type(8)));
typedef float rb_half_lanes __attribute__((ext_vector_type(4)));
typedef unsigned char rb_byte_lanes __attribute__((ext_vector_type(8)));
typedef unsigned char rb_half_byte_lanes __attribute__((ext_vector_type(4)));
#endif

static inline rb_lanes rb_square_root(rb_lanes v) { return __builtin_elementwise_sqrt(v); }

// The first of the CPU features that this program was built for and that this CPU, or its system, lacks;
// NULL if there is none. Scalar instructions only.
static inline const char *rb_missing_feature(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#define RB_NEED(name) \
  if (!__builtin_cpu_supports(name)) return name;
#ifdef __AVX__
  RB_NEED("avx")
#endif
#ifdef __AVX2__
  RB_NEED("avx2")
#endif
#ifdef __FMA__
  RB_NEED("fma")
#endif
#ifdef __BMI2__
  RB_NEED("bmi2")
#endif
#ifdef __AVX512F__
  RB_NEED("avx512f")
#endif
#ifdef __AVX512BW__
  RB_NEED("avx512bw")
#endif
#ifdef __AVX512DQ__
  RB_NEED("avx512dq")
#endif
#ifdef __AVX512VL__
  RB_NEED("avx512vl")
#endif
#ifdef __AVX512VBMI__
  RB_NEED("avx512vbmi")
#endif
#ifdef __AVX512VBMI2__
  RB_NEED("avx512vbmi2")
#endif
#ifdef __AVX512BITALG__
  RB_NEED("avx512bitalg")
#endif
#ifdef __AVX512FP16__
  RB_NEED("avx512fp16")
#endif
#undef RB_NEED
#endif
  return 0;
}

// Ends the process with one line and status 1 where the program would die of an illegal instruction. In C,
// so that no inlined code of Swift's library is run first.
static inline void rb_require_cpu(void) {
  const char *missing = rb_missing_feature();
  if (!missing) return;
  fprintf(stderr,
          "error: this program was built for a CPU with %s, which this machine's lacks; "
          "build it again here, or for both with `make build NATIVE=-march=x86-64-v3`\n",
          missing);
  exit(1);
}
