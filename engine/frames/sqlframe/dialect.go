// Package sqlframe reads populations from SQL databases and draws inside them,
// over database/sql. It brings no driver: the host opens its database.
package sqlframe

import (
	"crypto/sha256"
	"database/sql/driver"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/pinjian/pinjian/engine"
)

// Dialect is how a database writes names, placeholders and SHA-256. The zero
// value is refused.
type Dialect uint8

// The dialects.
const (
	// PostgreSQL is version 13 or later with a database in UTF-8.
	PostgreSQL Dialect = iota + 1
	// MySQL is MySQL 8 or MariaDB 10.6 and later, with a connection in utf8mb4 and without ANSI_QUOTES. It is tested with
	// MariaDB; what is used beyond that server's own SQL is the same in MySQL's manual.
	MySQL
	// SQLite needs SHA256 registered as SQLiteFunction for draws, frames don't.
	SQLite
)

// SQLiteFunction is the name under which a host registers SHA256 with its SQLite
// driver, as a deterministic function of one argument.
const SQLiteFunction = "pinjian_sha256"

// SHA256 is the SQL function that SQLite lacks: the 32 bytes of the hash of a
// text or blob. NULL and other types are refused.
func SHA256(args []driver.Value) (driver.Value, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("sqlframe: %s takes one argument and got %d", SQLiteFunction, len(args))
	}
	var sum [sha256.Size]byte
	switch v := args[0].(type) {
	case string:
		sum = sha256.Sum256([]byte(v))
	case []byte:
		sum = sha256.Sum256(v)
	default:
		return nil, fmt.Errorf("sqlframe: %s takes a text or a blob and got %T", SQLiteFunction, v)
	}
	return sum[:], nil
}

// Quote writes a name, such as a schema and a table, so that it can't be
// anything but a name. It refuses what a database would cut off or misread: an
// empty part, one with a NUL or broken UTF-8, and one of more than 63 bytes.
func (d Dialect) Quote(parts ...string) (string, error) {
	mark := `"`
	switch d {
	case PostgreSQL, SQLite:
	case MySQL:
		mark = "`"
	default:
		return "", refused("不认识数据库方言 %d", "sqlframe: the dialect %d is not known", d)
	}
	if len(parts) == 0 {
		return "", refused("没有写表名或列名", "sqlframe: a name of a table or column is missing")
	}
	quoted := make([]string, len(parts))
	for i, part := range parts {
		if part == "" || len(part) > 63 || !utf8.ValidString(part) || strings.ContainsRune(part, 0) {
			return "", refused("%.80q 不能作表名或列名；用 1 到 63 字节的 UTF-8，不含 NUL", "sqlframe: %.80q can't name a table or column; use 1 to 63 bytes of UTF-8 without NUL", part)
		}
		quoted[i] = mark + strings.ReplaceAll(part, mark, mark+mark) + mark
	}
	return strings.Join(quoted, "."), nil
}

// placeholder stands for the n-th argument, counted from 1.
func (d Dialect) placeholder(n int) string {
	if d == PostgreSQL {
		return fmt.Sprintf("$%d", n)
	}
	return "?"
}

// text is a column or an argument as text without the collation of its column,
// which may fold what is told apart here and refuses regular expressions where
// it isn't deterministic.
func (d Dialect) text(column string) string {
	switch d {
	case PostgreSQL:
		return "(CAST(" + column + ` AS text) COLLATE "C")`
	case MySQL:
		return "(CONVERT(" + column + " USING utf8mb4) COLLATE utf8mb4_bin)"
	default:
		return "CAST(" + column + " AS TEXT)"
	}
}

// bytes is a text in a form that is compared byte by byte.
func (d Dialect) bytes(text string) string {
	switch d {
	case PostgreSQL:
		return "convert_to(" + text + ", 'UTF8')"
	case MySQL:
		return "CAST(" + text + " AS BINARY)"
	default:
		return "CAST(" + text + " AS BLOB)"
	}
}

// size is the number of bytes of what bytes gives.
func (d Dialect) size(bytes string) string {
	if d == PostgreSQL {
		return "octet_length(" + bytes + ")"
	}
	return "LENGTH(" + bytes + ")"
}

// key is bytes of at most so many, all of them, to sort and to join by. MySQL makes
// its keys as wide as the column might be, which a bound keeps small.
func (d Dialect) key(text string, most int) string {
	if d == MySQL {
		return fmt.Sprintf("LEFT(%s, %d)", d.bytes(text), most)
	}
	return d.bytes(text)
}

// distinct is something that differs between texts that don't. Equal ones needn't
// have equal texts: MySQL counts short hashes at a fraction of the cost.
func (d Dialect) distinct(text string) string {
	if d == MySQL {
		return "LEFT(UNHEX(SHA2(" + text + ", 256)), 8)"
	}
	return d.bytes(text)
}

// joined puts texts together with a character between them that none has.
func (d Dialect) joined(texts []string) string {
	switch {
	case len(texts) == 0:
		return "''"
	case len(texts) == 1:
		return texts[0]
	case d == PostgreSQL:
		return strings.Join(texts, " || chr(9) || ")
	case d == MySQL:
		return "CONCAT(" + strings.Join(texts, ", CHAR(9 USING utf8mb4), ") + ")"
	default:
		return strings.Join(texts, " || char(9) || ")
	}
}

// join joins a list to many rows. MySQL must be told to look rows up in the list,
// which has a key of its own, and not to compare each with each.
func (d Dialect) join() string {
	if d == MySQL {
		return " STRAIGHT_JOIN "
	}
	return " JOIN "
}

// ticket is the hash of two texts in a form that is compared byte by byte.
func (d Dialect) ticket(key, id string) string {
	switch d {
	case PostgreSQL:
		return "sha256(convert_to(" + key + " || " + id + ", 'UTF8'))"
	case MySQL:
		return "UNHEX(SHA2(CONCAT(" + key + ", " + id + "), 256))"
	default:
		return SQLiteFunction + "(" + key + " || " + id + ")"
	}
}

// suspect is true of every id that can't be drawn by, and of some that can.
// PostgreSQL knows the normalisation form; the others let everything but plain
// ASCII through to be looked at in Go.
func (d Dialect) suspect(id string) string {
	text := d.text(id)
	long := id + " IS NULL OR " + d.size(d.bytes(text)) + " NOT BETWEEN 1 AND 200 OR "
	switch d {
	case PostgreSQL:
		return long + text + ` ~ '[\u0001-\u001f\u007f-\u009f]' OR ` + text + " IS NOT NFC NORMALIZED"
	case MySQL:
		return long + text + " REGEXP '[^ -~]'"
	default:
		return long + "instr(" + text + ", char(0)) > 0 OR " + text + " GLOB '*[^ -~]*'"
	}
}

// list is a table of the rows that a JSON array of arrays gives as an argument:
// columns of bytes, at most so many and written in hexadecimal, then of integers.
func (d Dialect) list(argument string, most int, bytes, integers []string) string {
	columns := make([]string, 0, len(bytes)+len(integers))
	switch d {
	case PostgreSQL:
		for i, name := range bytes {
			columns = append(columns, fmt.Sprintf("decode(item ->> %d, 'hex') AS %s", i, name))
		}
		for i, name := range integers {
			columns = append(columns, fmt.Sprintf("CAST(item ->> %d AS bigint) AS %s", len(bytes)+i, name))
		}
		return "(SELECT " + strings.Join(columns, ", ") + " FROM json_array_elements(CAST(" + argument + " AS json)) AS items(item))"
	case MySQL:
		types := make([]string, 0, cap(columns))
		for i, name := range bytes {
			columns = append(columns, "UNHEX(items."+name+") AS "+name)
			types = append(types, fmt.Sprintf("%s VARCHAR(%d) PATH '$[%d]'", name, 2*most, i))
		}
		for i, name := range integers {
			columns = append(columns, "items."+name+" AS "+name)
			types = append(types, fmt.Sprintf("%s BIGINT PATH '$[%d]'", name, len(bytes)+i))
		}
		// DISTINCT makes it a table, which gets a key.
		return "(SELECT DISTINCT " + strings.Join(columns, ", ") + " FROM JSON_TABLE(" + d.text(argument) + ", '$[*]' COLUMNS (" + strings.Join(types, ", ") + ")) AS items)"
	default:
		for i, name := range bytes {
			columns = append(columns, fmt.Sprintf("unhex(json_extract(value, '$[%d]')) AS %s", i, name))
		}
		for i, name := range integers {
			columns = append(columns, fmt.Sprintf("json_extract(value, '$[%d]') AS %s", len(bytes)+i, name))
		}
		return "(SELECT " + strings.Join(columns, ", ") + " FROM json_each(" + argument + "))"
	}
}

func refused(zh, en string, args ...any) error {
	return &engine.Refusal{Words: engine.Words{ZH: fmt.Sprintf(zh, args...), EN: strings.TrimPrefix(fmt.Sprintf(en, args...), "engine: ")}}
}
