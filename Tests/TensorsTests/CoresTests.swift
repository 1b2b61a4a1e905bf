import Synchronization
import Tensors
import Testing

/// How many cores a process may use, and more threads than those.
@Suite struct CoresTests {
  private func count(
    _ machine: Int, allowed: String? = nil, groups: String = "", _ files: [String: String] = [:]
  ) -> Int {
    Cores(
      machine: machine, status: allowed.map { "Name:\tx\nCpus_allowed:\t\($0)\nMems_allowed:\t1" },
      groups: groups, read: { files[$0] }
    ).count
  }

  @Test func affinityIsCounted() {
    #expect(count(64, allowed: "3") == 2)
    #expect(count(64, allowed: "00000000,0000f00f") == 8)
    #expect(count(4, allowed: "ff") == 4)
    #expect(count(4) == 4 && count(4, allowed: "0") == 4)
  }

  @Test(
    arguments: [
      ("150000 100000", 2), ("200000 100000", 2), ("50000 100000", 1), ("max 100000", 8),
      ("1 100000", 1), ("", 8), ("0 0", 8), ("nonsense", 8), ("1e300 1", 8),
    ])
  func quotaIsFollowed(text: String, cores: Int) {
    #expect(count(8, groups: "0::/", ["/sys/fs/cgroup/cpu.max": text]) == cores)
  }

  @Test func leastOfNestedGroupsHolds() {
    let files = [
      "/sys/fs/cgroup/a/b/cpu.max": "max 100000", "/sys/fs/cgroup/a/cpu.max": "300000 100000",
    ]
    #expect(count(8, groups: "0::/a/b\n", files) == 3)
    let first = [
      "/sys/fs/cgroup/cpu/docker/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/docker/cpu.cfs_period_us": "100000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "250000\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    ]
    #expect(count(8, groups: "4:cpu,cpuacct:/docker\n2:memory:/x", first) == 3)
  }

  @Test func thisProcessHasSome() { #expect(Cores.available >= 1) }

  /// Every piece is done once, whatever the threads do.
  @Test(arguments: [(2, 1), (16, 1), (16, 2), (64, 2), (3, 8)])
  func moreThreadsThanCoresTakeTurns(threads: Int, cores: Int) {
    let pool = WorkerPool(threads: threads, cores: cores)
    defer { pool.shutDown() }
    for loop in 0..<2000 {
      let count = loop % 97
      let sum = Atomic<Int>(0)
      pool.parallelFor(count) { sum.add($0 + 1, ordering: .relaxed) }
      #expect(sum.load(ordering: .relaxed) == count * (count + 1) / 2)
    }
  }
}
