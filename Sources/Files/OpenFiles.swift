import Foundation

/// How many files the process may have open at once.
package enum OpenFiles {
  /// What reports and sweeps need; below it, system libraries end a process instead of reporting an
  /// error.
  package static let least = 64

  /// Raises the limit as far as the system allows, since a sweep of many jobs needs more than the
  /// usual 1024.
  /// - Throws: `UserError` if the process may have too few.
  package static func require() throws(UserError) {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return }
    let wanted = min(limit.rlim_max, 4096)
    if limit.rlim_cur < wanted {
      limit.rlim_cur = wanted
      setrlimit(resource, &limit)
      getrlimit(resource, &limit)
    }
    guard limit.rlim_cur >= least else {
      throw UserError(
        "only \(limit.rlim_cur) files may be open at once, and at least \(least) are needed; raise "
          + "the limit (ulimit -n 1024)")
    }
  }
}
