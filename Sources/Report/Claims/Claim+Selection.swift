extension Claim {
  /// The paper reports the best checkpoint, which on Cityscapes is chosen on the scored images.
  static let selectionAdds = Claim(
    id: "selection-adds", section: "none",
    statement: "Choosing the checkpoint on the scored images raises mean IoU.",
    test: "mean IoU of the best minus the last weights, mean over the losses, positive over the "
      + "seeds; where the validation split is scored"
  ) { comparisons in comparisons.selection { $0.addition() } }

  static let selectionKeepsOrder = Claim(
    id: "selection-order", section: "none",
    statement: "Choosing the checkpoint on the scored images does not reorder the losses.",
    test: "no two losses change places by mean IoU between the last and the best weights; where "
      + "the validation split is scored"
  ) { comparisons in comparisons.selection { $0.order() } }
}
