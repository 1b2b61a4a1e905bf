import Files
import Foundation
import TestSupport
import Testing

@Suite("Atomic files")
struct AtomicFileTests {
  @Test func replacesTheWholeFile() throws {
    let temporary = try TemporaryFolder()
    try AtomicFile.write("a longer text", to: temporary.file("f"))
    try AtomicFile.write("short", to: temporary.file("f"))
    #expect(try String(contentsOf: temporary.file("f"), encoding: .utf8) == "short")
    #expect(try temporary.names == ["f"])
  }

  /// Needs the right to mount a small file system: root.
  @Test(.enabled(if: SmallDisk.isAllowed, "only root can mount a small disk"))
  func fullDiskKeepsTheOldFileAndLeavesNothingElse() throws {
    let disk = try #require(SmallDisk(bytes: 65536))
    let url = disk.url.appending(path: "f")
    try AtomicFile.write("old", to: url)
    let message = try #require(
      failure { try AtomicFile.write(Data(repeating: 1, count: 1 << 20), to: url) })
    #expect(message.hasPrefix("\(url.path): cannot write: No space left on device"))
    #expect(message.hasSuffix("free space there, then rerun the same command"))
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.url.path) == ["f"])
  }

  @Test func unwritablePlacesAreNamed() throws {
    let temporary = try TemporaryFolder()
    try AtomicFile.write("x", to: temporary.file("file"))
    let below = temporary.file("file").appending(path: "g")
    #expect(failure { try AtomicFile.write("y", to: below) }?.hasPrefix(below.path) == true)
    #expect(failure { try AtomicFile.createFolder(below) }?.contains("is a file") == true)
    // The kernel's own file system takes no files, not even from root.
    let kernel = URL(filePath: "/proc/recallbench")
    #expect(failure { try AtomicFile.createFolder(kernel) }?.hasPrefix(kernel.path) == true)
    try AtomicFile.createFolder(temporary.file("folder"))
    #expect(failure { try AtomicFile.write("y", to: temporary.file("folder")) } != nil)
    #expect(try temporary.names == ["file", "folder"])
  }

  @Test func leftoversOfAKilledProcessAreRemoved() throws {
    let temporary = try TemporaryFolder()
    try Data().write(to: temporary.file(".f.partial-1-2"))
    try Data().write(to: temporary.file(".dat.nosync168f.Rm0kQZ"))
    try Data().write(to: temporary.file("f"))
    AtomicFile.removeLeftovers(in: temporary.url)
    #expect(try temporary.names == ["f"])
  }

  /// In a folder in which others may be writing; no process has the first number.
  @Test func whatAnotherProcessIsWritingStays() throws {
    let temporary = try TemporaryFolder()
    let (dead, alive) = (99_999_999, getppid())
    let names = [
      ".f.partial-\(dead)-1", ".f.partial-\(alive)-1", ".f.partial-\(getpid())-1",
      ".g.partial-\(dead)-1", ".dat.nosync\(String(dead, radix: 16)).Rm0kQZ",
      ".dat.nosync\(String(alive, radix: 16)).Rm0kQZ",
    ]
    for name in names { try Data().write(to: temporary.file(name)) }
    AtomicFile.removeLeftovers(of: temporary.file("f"))
    #expect(try Set(temporary.names) == Set(names).subtracting([names[0], names[2]]))
    AtomicFile.removeOrphans(in: temporary.url)
    #expect(try Set(temporary.names) == [names[1], names[5]])
  }

  /// Of a process of another machine nothing can be asked; its files stay for an hour.
  @Test func whatAnotherMachineIsWritingStays() throws {
    let temporary = try TemporaryFolder()
    let own = ProcessIdentity.currentNode
    let names = [
      ".f.partial-99999999-1-0123456789ab", ".g.partial-99999999-1-0123456789ab",
      ".h.partial-99999999-1-\(own)", ".i.partial-\(getppid())-1-\(own)",
    ]
    for name in names { try Data().write(to: temporary.file(name)) }
    let old = Date.now.addingTimeInterval(-4000)
    try FileManager.default.setAttributes(
      [.modificationDate: old], ofItemAtPath: temporary.file(names[1]).path)
    AtomicFile.removeOrphans(in: temporary.url)
    #expect(try Set(temporary.names) == [names[0], names[3]])
  }
}
