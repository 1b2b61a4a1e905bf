// MPI's communicators, data types and requests are macros with casts or types that differ between
// libraries, none of which Swift imports. Every call that is needed is therefore made here, on bytes, among
// all processes that mpirun started. Functions return MPI's error code, 0 if all is well.
#ifndef RECALLBENCH_CMPI_SHIM_H
#define RECALLBENCH_CMPI_SHIM_H

#include <mpi.h>
#include <stddef.h>

#define CMPI_SHIM static inline __attribute__((unused))

/// A non-blocking exchange under way.
typedef struct {
  MPI_Request request;
} cmpi_exchange;

/// MPI wants the exchanges of one communicator begun in one order on all ranks. Those that wait and the
/// two kinds that do not have one each, so that between them the order is free.
typedef struct {
  MPI_Comm waiting, gathers, transposes;
} cmpi_communicators;

/// Room for the text of any error.
enum { CMPI_MESSAGE = MPI_MAX_ERROR_STRING };

/// Only the thread that calls this may call the others.
CMPI_SHIM int cmpi_start(cmpi_communicators *all, int *rank, int *count, int *has_threads) {
  int provided = 0;
  int code = MPI_Init_thread(0, 0, MPI_THREAD_FUNNELED, &provided);
  *has_threads = provided >= MPI_THREAD_FUNNELED;
  // Errors come back as codes, so that they can be told in one line; communicators inherit it.
  if (!code) code = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if (!code) code = MPI_Comm_rank(MPI_COMM_WORLD, rank);
  if (!code) code = MPI_Comm_size(MPI_COMM_WORLD, count);
  if (!code) code = MPI_Comm_dup(MPI_COMM_WORLD, &all->waiting);
  if (!code) code = MPI_Comm_dup(MPI_COMM_WORLD, &all->gathers);
  if (!code) code = MPI_Comm_dup(MPI_COMM_WORLD, &all->transposes);
  return code;
}

CMPI_SHIM int cmpi_finish(void) { return MPI_Finalize(); }

CMPI_SHIM void cmpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

/// Writes at most CMPI_MESSAGE bytes, the terminating zero included.
CMPI_SHIM void cmpi_describe(int code, char *message) {
  int length = 0;
  if (MPI_Error_string(code, message, &length)) message[0] = 0;
}

/// Every rank's `bytes` bytes, in rank order.
CMPI_SHIM int cmpi_gather(
    const cmpi_communicators *c, const void *part, int bytes, void *all) {
  return MPI_Allgather(part, bytes, MPI_BYTE, all, bytes, MPI_BYTE, c->waiting);
}

CMPI_SHIM int cmpi_broadcast(const cmpi_communicators *c, void *data, int bytes, int root) {
  return MPI_Bcast(data, bytes, MPI_BYTE, root, c->waiting);
}

CMPI_SHIM int cmpi_start_gather(
    const cmpi_communicators *c, const void *part, int bytes, void *all, cmpi_exchange *exchange) {
  return MPI_Iallgather(
      part, bytes, MPI_BYTE, all, bytes, MPI_BYTE, c->gathers, &exchange->request);
}

/// `bytes` bytes to each rank, and as many from each.
CMPI_SHIM int cmpi_start_transpose(
    const cmpi_communicators *c, const void *parts, int bytes, void *received,
    cmpi_exchange *exchange) {
  return MPI_Ialltoall(
      parts, bytes, MPI_BYTE, received, bytes, MPI_BYTE, c->transposes, &exchange->request);
}

CMPI_SHIM int cmpi_test(cmpi_exchange *exchange, int *is_done) {
  return MPI_Test(&exchange->request, is_done, MPI_STATUS_IGNORE);
}

CMPI_SHIM int cmpi_wait(cmpi_exchange *exchange) {
  return MPI_Wait(&exchange->request, MPI_STATUS_IGNORE);
}

#endif
