import Files

extension Table.Section {
  /// Which cells are compared with each other.
  enum Best {
    /// Of each of these columns, or of all, the row with the highest number.
    case highestOfColumns([Int]? = nil)
    /// Of each of these columns the row with the lowest number.
    case lowestOfColumns([Int])
    /// Of each row, the column with the highest number.
    case highestOfRows
  }

  struct Place: Hashable {
    let row: Int
    let column: Int
  }

  /// The cells to set in bold: those that show the best number among the cells compared, which must be
  /// several and each of several seeds, since one seed gives no verdict.
  var bestCells: Set<Place> {
    let rows = rows.indices.filter { self.rows[$0].kind != .paper }
      .filter { self.rows[$0].kind != .oursMinusPaper }
    func column(_ column: Int) -> [Place] { rows.map { Place(row: $0, column: column) } }
    switch best {
    case nil: return []
    case .highestOfColumns(let chosen):
      return Set((chosen ?? Array(columns.indices)).flatMap { best(column($0), isHighest: true) })
    case .lowestOfColumns(let chosen):
      return Set(chosen.flatMap { best(column($0), isHighest: false) })
    case .highestOfRows:
      return Set(
        rows.flatMap { row in
          best(columns.indices.map { Place(row: row, column: $0) }, isHighest: true)
        })
    }
  }

  private func best(_ places: [Place], isHighest: Bool) -> [Place] {
    let shown = places.compactMap { place in
      rows[place.row].cells[place.column].map { (place: place, cell: $0) }
    }
    guard shown.count > 1, shown.allSatisfy({ $0.cell.deviation != nil }) else { return [] }
    let means = shown.map(\.cell.mean)
    guard let best = isHighest ? means.max() : means.min() else { return [] }
    // Cells that show the same digits are equally good.
    return shown.filter {
      let decimals = rows[$0.place.row].decimals
      return fixed($0.cell.mean, decimals) == fixed(best, decimals)
    }.map(\.place)
  }
}
