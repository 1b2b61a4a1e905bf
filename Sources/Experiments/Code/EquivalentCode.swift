/// Versions of the code that make the same bits although their files differ.
///
/// A refactoring changes files and no number. To say so here:
///
/// 1. `recallbench results verify` trains stored runs again and finds the same bits: of each backbone,
///    and of each loss whose files changed. A test does it for one run.
/// 2. `recallbench results code` prints the digest of the new code, which joins the group of the old.
/// 3. `recallbench results pack` then keeps the list of the new files beside the runs, so that later
///    code is compared with it.
///
/// This file itself decides no number and is not digested.
enum EquivalentCode {
  /// Digests of manifests; all of a group make the same bits.
  static let groups: [Set<String>] = [
    [
      // Commit fb697918: quick, camvid and lr-search.
      "61fa4e1ce786c4690f589ac9e9e24e0127fe77c3d5b7c6675242969e98aa6875",
      // Commit 5d3b2ce8: necessity.
      "9a79b5f050111212346329474739d97d7ea1c2b2c0451b472de6114c532b71a5",
      // Folders by topic and runs in two files. Verified were of quick balanced_ce, lovasz, recall and
      // ce on ResNet-18 and ResNet-101, of necessity tversky_ce.
      "705dac5843068662ac98bf902ee1665bd3c62bde2dd5d0ff08162ae856bb45a8",
    ]
  ]

  /// All codes that make the bits of this one, itself included.
  static func of(_ digest: String) -> Set<String> {
    groups.first { $0.contains(digest) } ?? [digest]
  }
}
