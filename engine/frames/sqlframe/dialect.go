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
	// MySQL is MySQL 8 or MariaDB 10.5 and later, with a connection in utf8mb4 and without ANSI_QUOTES.
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

// text is an id as text without the collation of its column.
func (d Dialect) text(id string) string {
	switch d {
	case PostgreSQL:
		return "CAST(" + id + " AS text)"
	case MySQL:
		return "CONVERT(CAST(" + id + " AS CHAR) USING utf8mb4)"
	default:
		return "CAST(" + id + " AS TEXT)"
	}
}

// bytes is an id in a form that is compared byte by byte.
func (d Dialect) bytes(id string) string {
	switch d {
	case PostgreSQL:
		return "convert_to(" + d.text(id) + ", 'UTF8')"
	case MySQL:
		return "CAST(" + d.text(id) + " AS BINARY)"
	default:
		return "CAST(" + d.text(id) + " AS BLOB)"
	}
}

// ticket is the hash of key and id in a form that is compared byte by byte.
func (d Dialect) ticket(key, id string) string {
	switch d {
	case PostgreSQL:
		return "sha256(convert_to(CAST(" + key + " AS text) || " + d.text(id) + ", 'UTF8'))"
	case MySQL:
		return "UNHEX(SHA2(CONCAT(" + d.text(key) + ", " + d.text(id) + "), 256))"
	default:
		return SQLiteFunction + "(" + key + " || " + d.text(id) + ")"
	}
}

// suspect is true of every id that can't be drawn by, and of some that can.
// PostgreSQL knows the normalisation form; the others let everything but plain
// ASCII through to be looked at in Go.
func (d Dialect) suspect(id string) string {
	text := d.text(id)
	switch d {
	case PostgreSQL:
		return id + " IS NULL OR octet_length(" + d.bytes(id) + ") NOT BETWEEN 1 AND 200 OR " + text + ` ~ '[\u0001-\u001f\u007f-\u009f]' OR ` + text + " IS NOT NFC NORMALIZED"
	case MySQL:
		return id + " IS NULL OR LENGTH(" + d.bytes(id) + ") NOT BETWEEN 1 AND 200 OR " + text + " REGEXP '[^ -~]'"
	default:
		return id + " IS NULL OR length(" + d.bytes(id) + ") NOT BETWEEN 1 AND 200 OR instr(" + text + ", char(0)) > 0 OR " + text + " GLOB '*[^ -~]*'"
	}
}

func refused(zh, en string, args ...any) error {
	return &engine.Refusal{Words: engine.Words{ZH: fmt.Sprintf(zh, args...), EN: strings.TrimPrefix(fmt.Sprintf(en, args...), "engine: ")}}
}
