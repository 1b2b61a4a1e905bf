extension Panel {
  /// How a loss is drawn: the same in all figures of a report, and in a second setting of the panel in
  /// the same color.
  func style(_ loss: LossName, in setting: Setting) -> MarkerStyle {
    var losses: [LossName] = []
    for row in rows where !losses.contains(row.loss) { losses.append(row.loss) }
    guard let index = losses.firstIndex(of: loss) else { return MarkerStyle.assign([loss])[0] }
    let style = MarkerStyle.assign(losses)[index]
    let settings = rows.filter { $0.loss == loss }.map(\.setting)
    let isFirst = (settings.firstIndex(of: setting) ?? 0) % 2 == 0
    return isFirst ? style : style.twin
  }

  func style(_ row: GridRow) -> MarkerStyle { style(row.loss, in: row.setting) }

  /// The loss's title, without parameters where the panel has the loss only once.
  func shortName(_ loss: LossName) -> String {
    let twins = Set(rows.filter { $0.loss.base == loss.base }.map(\.loss))
    return loss.title(withParameters: twins.count > 1)
  }

  /// The same with its setting's letter.
  func shortName(_ row: GridRow) -> String {
    let letter = letter(row.setting)
    return shortName(row.loss) + (letter.isEmpty ? "" : " [\(letter)]")
  }
}
