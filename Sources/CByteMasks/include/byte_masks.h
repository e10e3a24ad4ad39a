#ifndef POLAR_SEATS_BYTE_MASKS_H
#define POLAR_SEATS_BYTE_MASKS_H

/* One bit for each of 64 bytes, lowest first. Swift has vectors that compare, and nothing that gathers the result into a
   word: one instruction here, some forty there. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Any processor: eight bytes in a word at a time. */
static inline uint64_t byte_mask_of_word(uint64_t word, uint8_t x) {
    uint64_t v = word ^ 0x0101010101010101u * x;
    uint64_t zero = ~(((v & 0x7f7f7f7f7f7f7f7fu) + 0x7f7f7f7f7f7f7f7fu) | v | 0x7f7f7f7f7f7f7f7fu);
    return ((zero >> 7) * 0x0102040810204080u) >> 56;
}

/* The bytes that are x or y. */
static inline uint64_t byte_mask_either_by_words(const void *at, uint8_t x, uint8_t y) {
    uint64_t mask = 0;
    for (int i = 0; i < 8; i++) {
        uint64_t word;
        memcpy(&word, (const char *)at + i * 8, 8);
        mask |= (byte_mask_of_word(word, x) | byte_mask_of_word(word, y)) << (i * 8);
    }
    return mask;
}

/* Whether none of the bytes is x, y or zero. */
static inline bool byte_mask_none_by_words(const void *at, uint8_t x, uint8_t y) {
    return (byte_mask_either_by_words(at, x, y) | byte_mask_either_by_words(at, 0, 0)) == 0;
}

#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint64_t byte_mask_gather(__m128i a, __m128i b, __m128i c, __m128i d) {
    return (uint64_t)(uint32_t)_mm_movemask_epi8(a) | (uint64_t)(uint32_t)_mm_movemask_epi8(b) << 16
        | (uint64_t)(uint32_t)_mm_movemask_epi8(c) << 32 | (uint64_t)(uint32_t)_mm_movemask_epi8(d) << 48;
}

static inline __m128i byte_mask_load(const void *at, int part) {
    return _mm_loadu_si128((const __m128i *)at + part);
}

static inline uint64_t byte_mask_either(const void *at, uint8_t x, uint8_t y) {
    __m128i vx = _mm_set1_epi8((char)x), vy = _mm_set1_epi8((char)y), v[4];
    for (int i = 0; i < 4; i++) {
        __m128i bytes = byte_mask_load(at, i);
        v[i] = _mm_or_si128(_mm_cmpeq_epi8(bytes, vx), _mm_cmpeq_epi8(bytes, vy));
    }
    return byte_mask_gather(v[0], v[1], v[2], v[3]);
}

static inline bool byte_mask_none(const void *at, uint8_t x, uint8_t y) {
    __m128i vx = _mm_set1_epi8((char)x), vy = _mm_set1_epi8((char)y), any = _mm_setzero_si128();
    for (int i = 0; i < 4; i++) {
        __m128i bytes = byte_mask_load(at, i);
        any = _mm_or_si128(any, _mm_or_si128(_mm_cmpeq_epi8(bytes, vx), _mm_cmpeq_epi8(bytes, vy)));
        any = _mm_or_si128(any, _mm_cmpeq_epi8(bytes, _mm_setzero_si128()));
    }
    return _mm_movemask_epi8(any) == 0;
}

#else

static inline uint64_t byte_mask_either(const void *at, uint8_t x, uint8_t y) {
    return byte_mask_either_by_words(at, x, y);
}

static inline bool byte_mask_none(const void *at, uint8_t x, uint8_t y) {
    return byte_mask_none_by_words(at, x, y);
}

#endif
#endif
