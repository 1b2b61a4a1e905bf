import Files
import Foundation

/// One submission of a sweep to Slurm: a folder `slurm/N` with its scripts, the lists of runs that the
/// tasks of its arrays train, and the numbers of its jobs.
struct SlurmSubmission {
  /// What was submitted, so that it is not submitted twice.
  struct Record: Codable, Hashable {
    struct Array: Codable, Hashable {
      var job: String
      /// The names of the runs, the first of task 1.
      var runs: [String]
    }
    var arrays: [Array] = []
  }

  let folder: URL
  private static let recordName = "submitted.json"

  private static func place(_ sweep: SweepFolder) -> URL { sweep.url.appending(path: "slurm") }

  /// The next free folder.
  init(next sweep: SweepFolder) throws(UserError) {
    let place = Self.place(sweep)
    let last = Self.numbers(place).max() ?? 0
    folder = place.appending(path: "\(last + 1)")
    try AtomicFile.createFolder(folder)
  }

  private static func numbers(_ place: URL) -> [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
    return names.compactMap { Int($0) }
  }

  func file(_ name: String) -> URL { folder.appending(path: name) }

  func save(_ record: Record) throws {
    try AtomicFile.write(
      try CanonicalJSON.encode(record, pretty: true) + [0x0a], to: file(Self.recordName))
  }

  /// The runs of earlier submissions whose tasks are still in Slurm's queue, with these tasks.
  static func queued(_ sweep: SweepFolder) throws -> [String: String] {
    let place = place(sweep)
    let records = numbers(place).compactMap { number in
      try? readJSON(Record.self, place.appending(path: "\(number)/\(recordName)"))
    }
    let arrays = records.flatMap(\.arrays)
    if arrays.isEmpty { return [:] }
    let queue = try SlurmCommand.queue()
    var queued: [String: String] = [:]
    for array in arrays {
      for (index, run) in array.runs.enumerated() where queue.contains("\(array.job)_\(index + 1)")
      {
        queued[run] = "\(array.job)_\(index + 1)"
      }
    }
    return queued
  }

  /// The name of the run that a task of an array trains.
  /// - Parameter list: the file with one name a line.
  /// - Throws: `UserError` if this process is no such task, or cannot see the file.
  package static func run(of list: URL, task: String?) throws(UserError) -> String {
    guard let task, let number = Int(task) else {
      throw UserError(
        "--slurm-task is for the tasks of an array of Slurm, which set SLURM_ARRAY_TASK_ID")
    }
    if !FileManager.default.fileExists(atPath: list.path) {
      throw UserError(
        path: list.path,
        problem:
          "cannot be seen on \(ProcessIdentity.current.host): the output folder must be on a disk that "
          + "all nodes share")
    }
    let names = try BoundedFile.text(list, atMost: BoundedFile.mostRecordBytes)
      .split(whereSeparator: \.isNewline).map(String.init)
    guard names.indices.contains(number - 1) else {
      throw UserError(
        path: list.path, problem: "has no line \(number), which this task is to train")
    }
    return names[number - 1]
  }
}
