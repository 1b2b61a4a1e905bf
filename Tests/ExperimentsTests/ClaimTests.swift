import Experiments
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("Claims")
struct ClaimTests {
  private let temporary: TemporaryFolder
  private let claims: ClaimFolder

  init() throws {
    temporary = try TemporaryFolder()
    claims = ClaimFolder(in: temporary.url)
  }

  private func claim(_ name: String = "run") throws -> Claim? {
    if case .made(let claim) = try claims.claim(name) { claim } else { nil }
  }

  private func files() -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: claims.url.path)
    return (names ?? []).sorted()
  }

  /// Writes a claim as another process would have left it.
  private func leave(
    _ owner: ProcessIdentity, generation: Int = 1, secondsAgo: Double = 0, job: SlurmJob? = nil
  ) throws {
    var fields: [String: Any] = [
      "owner": [
        "host": owner.host, "process": owner.process, "node": owner.node, "start": owner.start,
      ],
      "token": "abc", "since": 0, "code": "c",
    ]
    if let job { fields["job"] = ["id": job.id, "restarts": job.restarts] }
    let file = temporary.file(".claims/run.\(generation).json")
    try FileManager.default.createDirectory(at: claims.url, withIntermediateDirectories: true)
    try JSONSerialization.data(withJSONObject: fields).write(to: file)
    let time = Date.now.addingTimeInterval(-secondsAgo)
    try FileManager.default.setAttributes([.modificationDate: time], ofItemAtPath: file.path)
  }

  /// A process that cannot be seen from here.
  private let remote = ProcessIdentity(host: "node7", process: 4711, node: "0123456789ab", start: 5)

  @Test func claimIsMadeOnceAndFreeAgainWhenReleased() throws {
    let first = try #require(try claim())
    #expect(first.isHeld && files() == ["run.1.json"])
    guard case .taken(let standing) = try claims.claim("run") else {
      Issue.record("claimed twice")
      return
    }
    #expect(standing.ownerText.hasPrefix("process \(getpid()) on ") && !standing.isOver)
    #expect(try claim("other") != nil)
    first.release()
    #expect(!first.isHeld)
    #expect(try claim() != nil)
    #expect(!FileManager.default.fileExists(atPath: claims.url.path))
  }

  @Test func oneOfManyGetsTheClaim() throws {
    for round in 1...20 {
      let made = Mutex<[Claim]>([])
      let claims = claims
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        if case .made(let claim)? = try? claims.claim("run-\(round)") {
          made.withLock { $0.append(claim) }
        }
      }
      #expect(made.withLock { $0.count } == 1)
    }
  }

  @Test func oneOfManyTakesOverFromTheDead() throws {
    for round in 1...20 {
      try leave(remote, generation: round, secondsAgo: 400)
      let made = Mutex<[Claim]>([])
      let claims = claims
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        if case .made(let claim)? = try? claims.claim("run") { made.withLock { $0.append(claim) } }
      }
      let winners = made.withLock { $0 }
      #expect(winners.count == 1 && winners.first?.predecessor?.record?.owner == remote)
      #expect(files() == ["run.\(round + 1).json"])
    }
  }

  @Test func processOfAnotherNodeIsDeadAfterItsSilence() throws {
    try leave(remote, secondsAgo: 200)
    #expect(try claim() == nil)
    try leave(remote, secondsAgo: 301)
    #expect(try claim()?.predecessor?.ownerText == "process 4711 on node7")
  }

  @Test func processOfThisNodeIsDeadAtOnce() throws {
    let child = Process()
    child.executableURL = URL(filePath: "/bin/true")
    try child.run()
    child.waitUntilExit()
    let ended = ProcessIdentity(
      host: "here", process: child.processIdentifier, node: ProcessIdentity.currentNode, start: 1)
    #expect(ended.hasEnded == true)
    try leave(ended)
    #expect(try claim() != nil)
    // The same number, but a process that started at another time.
    var other = ProcessIdentity.current
    #expect(other.hasEnded == false)
    other.start += 1
    #expect(other.hasEnded == true)
    #expect(remote.hasEnded == nil)
  }

  /// Slurm starts a job again only when it is no longer running, wherever it was.
  @Test func jobThatSlurmStartedAgainTakesOverFromItself() throws {
    try leave(remote, job: SlurmJob(id: "17_2", restarts: 0))
    let standing = try #require(claims.standings()["run"])
    #expect(!standing.isOver)
    let record = try #require(standing.record)
    #expect(record.ownerText == "process 4711 on node7, Slurm job 17_2")
    let environment = [
      "SLURM_JOB_ID": "19", "SLURM_ARRAY_JOB_ID": "17", "SLURM_ARRAY_TASK_ID": "2",
      "SLURM_RESTART_COUNT": "1",
    ]
    let again = try #require(SlurmJob(environment))
    #expect(again == SlurmJob(id: "17_2", restarts: 1))
    #expect(record.ownerHasEnded(besides: again) == true)
    #expect(record.ownerHasEnded(besides: SlurmJob(id: "17_3", restarts: 1)) == nil)
    #expect(record.ownerHasEnded(besides: record.job) == nil)
    #expect(SlurmJob(["HOME": "/"]) == nil)
  }

  @Test func ownerThatWasTakenForDeadLosesItsClaim() throws {
    let claim = try #require(try claim())
    try leave(remote, generation: 2)
    #expect(!claim.isHeld && claim.isLost)
    claim.release()
    #expect(files() == ["run.2.json"])
  }

  @Test func releasedClaimLeavesTheFileOfItsSuccessor() throws {
    let claim = try #require(try claim())
    try FileManager.default.removeItem(at: claims.url.appending(path: "run.1.json"))
    try leave(remote)
    #expect(!claim.isHeld)
    claim.release()
    #expect(files() == ["run.1.json"])
  }

  @Test func damagedClaimIsOverAfterItsSilence() throws {
    try FileManager.default.createDirectory(at: claims.url, withIntermediateDirectories: true)
    let file = temporary.file(".claims/run.3.json")
    try Data("{".utf8).write(to: file)
    #expect(try claim() == nil)
    let old = Date.now.addingTimeInterval(-301)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: file.path)
    #expect(try claim() != nil && files() == [])
  }

  @Test func folderThatCannotBeWrittenIsNamed() throws {
    try Data().write(to: claims.url)
    #expect(
      failure { _ = try claims.claim("run") }
        == "\(claims.url.path): is a file, not a folder; name another folder")
  }

  @Test func wholeFolderIsClaimedOnlyWhereNoSweepIs() throws {
    let folder = SweepFolder(temporary.url)
    let all = try folder.claimAll()
    #expect(failure { _ = try folder.claimAll() }?.contains("a sweep is running here") == true)
    all.release()
    #expect(failure { _ = try folder.claimAll() } == nil)
    guard case .made(let sweep) = try claims.claim("@sweep-1") else { return }
    let expected =
      "\(temporary.url.path): a sweep is running here (\(ProcessIdentity.current.text)); wait for it or "
      + "name another folder"
    #expect(failure { _ = try folder.claimAll() } == expected)
    sweep.release()
  }
}

extension ProcessIdentity {
  fileprivate var text: String { "process \(process) on \(host)" }
}
