import Models

/// Versions of the code whose files differ but not, or only for some networks, the bits of the results.
///
/// A refactoring changes files but no numbers. To record one here:
///
/// 1. Run `recallbench results verify`, which retrains stored runs and compares the results bit by
///    bit, for each backbone and each loss whose files changed. A test does this for one run.
/// 2. Run `recallbench results code`, which prints the digest of the new code, and add it at the end
///    of the history.
/// 3. Run `recallbench results pack`, which stores the list of the new files next to the runs, so
///    that later code is compared with it.
///
/// This file does not affect any numbers and is not digested.
package enum EquivalentCode {
  /// A version of the code, as its manifest's digest.
  package struct Version: Sendable {
    package let digest: String
    /// Whether a run of this version may have other bits than one of the version before.
    let changes: @Sendable (RunConfiguration) -> Bool

    init(
      _ digest: String, changes: @escaping @Sendable (RunConfiguration) -> Bool = { _ in false }
    ) {
      (self.digest, self.changes) = (digest, changes)
    }
  }

  /// From the oldest to the newest.
  package static let history = [
    // Commit fb697918: quick, camvid and lr-search.
    Version("61fa4e1ce786c4690f589ac9e9e24e0127fe77c3d5b7c6675242969e98aa6875"),
    // Commit 5d3b2ce8: necessity.
    Version("9a79b5f050111212346329474739d97d7ea1c2b2c0451b472de6114c532b71a5"),
    // Values in registries, losses without raw pointers, runs in two files. Trained again to the
    // same bits: of quick all eight losses on ResNet-18 and recall and lovasz on ResNet-101, of
    // necessity precision_ce, dice_ce, jaccard_ce and tversky_ce, of lr-search recall at four
    // rates, of camvid focal.
    Version("97f6615cb28bc7991d4d006246687ed2e57dab97ecf60c578bc78fabc5a4b539"),
    // Commit dd6421f3: the quick sweep of one seed. Prior correction in the evaluation.
    Version("2ded30b6e78074c68df2ab31944b4e5156f57d7ab622daf5ab726e44bc37c144"),
    // Later losses, void as a class, boundary IoU and calibration. Trained again to the same bits:
    // of quick ce, soft_iou and recall on ResNet-18, of necessity recall, dice_ce and jaccard_ce, of
    // lr-search recall at four rates, of camvid soft_iou.
    Version("1e31e7455d7f73807d7d72ee8e084321fd8b86008b86fa29ac2e9fb59781bb30"),
    // Optimizers, schedules, random crops, and scores at the files' size, all off in stored runs.
    // Trained again to the same bits: of quick recall and lovasz on ResNet-18, ce and soft_iou on
    // ResNet-101, of necessity tversky_ce, of camvid weighted_ce, of lr-search weighted_ce.
    Version("2854b371585fa3a2c07353017359be2de02d75bca4413c28a4eae49c4d0d8c29"),
    // Checks of data, limits, digests of content, threads by quota. Trained again to the same bits:
    // of quick recall and lovasz on ResNet-18, ce and soft_iou on ResNet-101, of necessity
    // tversky_ce, of lr-search weighted_ce, of camvid weighted_ce.
    Version("caa049769ee508ddc21ffeecf5bf15077da8c8b480c94055b929bf878de47a9e"),
    // Overlap of splits, contradictory palettes, names that are no files. Trained again to the same
    // bits: of quick lovasz on ResNet-18 and ce on ResNet-101, of necessity tversky_ce, of lr-search
    // weighted_ce, of camvid weighted_ce.
    Version("5f9a2edb9f2073818066a7bbc342e50e1fd2aa1b8f640ebe366e189de2b89870"),
    // Images of other kinds are refused. Trained again to the same bits: the same runs.
    Version("4999595ed858430dd6128ed9f0c8c7a49474f9c0094b2706101e78b9d31b2c65"),
    // Folders of stand-ins that cannot be listed. Trained again to the same bits: of quick lovasz on
    // ResNet-18 and ce on ResNet-101.
    Version("096253207b52c41b95da5f156389de7b21bbcebd2d6602e09e7a766658b6d216"),
    // Lanes of sixteen, Adam and dropout by vectors, resizing without checks, decoded images in a file.
    // Trained again to the same bits: of quick lovasz on ResNet-18 and ce on ResNet-101, of necessity
    // tversky_ce, of lr-search weighted_ce, of camvid weighted_ce.
    Version("8ef013a234b1e16014b9fe66f569bbbd6143ca5d3f3fa8a299f0d45226625a1a"),
    // Dropout without comparisons one by one. Trained again to the same bits: the same runs.
    Version("7b4952fe3734a8b4bca16941173988766e9cb27c2d6dde4d7051c7e42c87f88d"),
    // Winograd for channels that are no multiple of 8, as in the decoder of DeepLab v3+ at a quarter
    // width. Trained again to the same bits: of quick ce on ResNet-101, of necessity tversky_ce, of lr-search
    // weighted_ce.
    Version("9db89723d7d66ae3a06fec6e612403d6226f876add0821e62f57c6cca57ee7ed") {
      hasUnevenChannels($0)
    },
    // Ranks, which a run that is trained by one process does not have. Trained again to the same bits: of
    // lr-search weighted_ce, and all of the next entry.
    Version("36d25518335d2b568901f441ad99de4c9b8980227a9acbe7ed8c7c86edd2cc8b"),
    // Loops cut finer for more than two threads. Trained again to the same bits: of quick lovasz on
    // ResNet-18 and ce on ResNet-101, of necessity tversky_ce, of lr-search weighted_ce at four rates.
    Version("a6c430bfa3864feade9d1892eee73ad0ce56d2f9e6ad51c6b737f3689a0c1c0d"),
  ]

  /// Whether any of the 3x3 convolutions has channels that are no multiple of 8.
  private static func hasUnevenChannels(_ run: RunConfiguration) -> Bool {
    let decoder = run.architecture == .deeplabv3plus ? [48] : []
    return ([64, 128, 256, 512] + decoder).contains { scaledChannels($0, run.width) % 8 > 0 }
  }

  /// All versions whose runs with this configuration have the same bits as those of the given version,
  /// including itself, from the oldest to the newest.
  package static func of(_ digest: String, for run: RunConfiguration) -> [String] {
    guard let index = history.firstIndex(where: { $0.digest == digest }) else { return [digest] }
    let before = history[...index].lastIndex { $0.changes(run) } ?? 0
    let after = history[(index + 1)...].firstIndex { $0.changes(run) } ?? history.endIndex
    return history[before..<after].map(\.digest)
  }
}
