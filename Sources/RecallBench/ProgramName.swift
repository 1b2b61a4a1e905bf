import Foundation

/// What the command is called.
enum ProgramName {
  /// `recallbench`, unless it is a program with losses of its own.
  static let current: String = {
    let name = CommandLine.arguments.first.map { URL(filePath: $0).lastPathComponent } ?? ""
    return name.isEmpty ? "recallbench" : name
  }()
}
