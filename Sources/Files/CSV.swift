/// One record, quoted as RFC 4180 requires. Control characters are spelled out, since a terminal may show
/// the file.
package func csvLine(_ fields: [String]) -> String {
  fields.map { visible($0, keepsLines: true) }.map { field in
    guard field.contains(where: { "\",\n\r".contains($0) }) else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }.joined(separator: ",")
}

/// The records of a CSV file, header included: what `csvLine` writes, and all else that RFC 4180 allows.
package func csvRecords(_ text: String) -> [[String]] {
  var (records, record, field) = ([[String]](), [String](), "")
  var (isQuoted, wasQuote) = (false, false)
  func end() {
    record.append(field)
    field = ""
  }
  for character in text {
    if isQuoted {
      isQuoted = character != "\""
      wasQuote = !isQuoted
      if isQuoted { field.append(character) }
      continue
    }
    switch character {
    case "\"":
      // A second one stands for itself.
      if wasQuote { field.append(character) }
      isQuoted = true
    case ",": end()
    case "\n", "\r\n":
      end()
      records.append(record)
      record = []
    default: field.append(character)
    }
    wasQuote = false
  }
  if !record.isEmpty || !field.isEmpty {
    end()
    records.append(record)
  }
  return records
}
