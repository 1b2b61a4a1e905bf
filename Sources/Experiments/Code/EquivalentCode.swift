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
  static let groups: [Set<String>] = []

  /// All codes that make the bits of this one, itself included.
  static func of(_ digest: String) -> Set<String> {
    groups.first { $0.contains(digest) } ?? [digest]
  }
}
