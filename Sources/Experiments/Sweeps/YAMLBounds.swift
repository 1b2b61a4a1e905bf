import CYaml

/// Limits of a YAML document, checked before it is composed: an alias stands for all that its anchor
/// holds, so that a few lines can mean more values than any memory has.
enum YAMLBounds {
  /// Values with all aliases written out; a large sweep file has some hundred.
  static let mostValues = 100_000
  static let mostDepth = 100

  /// What is wrong and where; nil for a document within the limits. What is no YAML at all is left to
  /// the parser that says why.
  static func refusal(_ text: String) -> (problem: String, line: Int, column: Int)? {
    var walk = Walk()
    var text = text
    return text.withUTF8 { bytes in
      var parser = yaml_parser_t()
      guard yaml_parser_initialize(&parser) == 1 else { return nil }
      defer { yaml_parser_delete(&parser) }
      yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      while true {
        var event = yaml_event_t()
        guard yaml_parser_parse(&parser, &event) == 1 else { return nil }
        defer { yaml_event_delete(&event) }
        if event.type == YAML_STREAM_END_EVENT { return nil }
        if let problem = walk.take(event) {
          let mark = event.start_mark
          return (problem, Int(mark.line) + 1, Int(mark.column) + 1)
        }
      }
    }
  }

  /// The values counted so far, those of unfinished containers apart.
  private struct Walk {
    private struct Container {
      var anchor: String?
      var isMapping: Bool
      /// Elements, or keys and values.
      var parts = 0
      var values = 1
    }
    private var open: [Container] = []
    /// With aliases written out, by anchor.
    private var values: [String: Int] = [:]

    mutating func take(_ event: yaml_event_t) -> String? {
      switch event.type {
      case YAML_SCALAR_EVENT: return add(1, name(event.data.scalar.anchor))
      case YAML_ALIAS_EVENT:
        if isKey { return "an alias cannot be a key; write the key out" }
        return add(values[name(event.data.alias.anchor) ?? ""] ?? 1, nil)
      case YAML_SEQUENCE_START_EVENT: return begin(name(event.data.sequence_start.anchor), false)
      case YAML_MAPPING_START_EVENT: return begin(name(event.data.mapping_start.anchor), true)
      case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
        guard let closed = open.popLast() else { return nil }
        return add(closed.values, closed.anchor)
      default: return nil
      }
    }

    private var isKey: Bool { open.last.map { $0.isMapping && $0.parts % 2 == 0 } ?? false }

    private mutating func begin(_ anchor: String?, _ isMapping: Bool) -> String? {
      if isKey { return "a key must be a word" }
      open.append(Container(anchor: anchor, isMapping: isMapping))
      return open.count > mostDepth ? "values are nested more than \(mostDepth) deep" : nil
    }

    private mutating func add(_ count: Int, _ anchor: String?) -> String? {
      if let anchor { values[anchor] = count }
      guard let last = open.indices.last else { return nil }
      open[last].parts += 1
      // Below 2^34 even at the end of a document of 1 MB.
      open[last].values += count
      return open[last].values > mostValues
        ? "has more than \(mostValues) values, aliases written out; make it shorter" : nil
    }

    private func name(_ anchor: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      anchor.map { String(cString: $0) }
    }
  }
}
