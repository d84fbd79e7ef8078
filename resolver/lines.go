package resolver

import (
	"fmt"
	"strconv"
)

// lines tells the lines that projects name for people to stay on, where the
// version's numbers alone do not show them. Leaving such a line is a major.
//
// Sources: https://ubuntu.com/about/release-cycle, https://nodejs.org/en/about/previous-releases,
// https://nginx.org/en/download.html, https://www.mongodb.com/docs/v4.4/release-notes/versioning/,
// https://dev.mysql.com/doc/refman/9.7/en/mysql-releases.html.
var lines = map[string]func(first, second int) string{
	"docker.io/library/ubuntu":         ubuntuLine,
	"docker.io/library/buildpack-deps": ubuntuLine,
	// Even majors become long-term releases, odd ones never do.
	"docker.io/library/node": func(major, _ int) string {
		if major%2 == 1 {
			return "odd"
		}
		return ""
	},
	// Until 5.0, odd minors were development series of the next even one.
	"docker.io/library/mongo": func(major, minor int) string {
		if major < 5 && minor%2 == 1 {
			return "development"
		}
		return ""
	},
	"docker.io/library/mysql": mysqlLine,
	// Even minors are the stable branch, odd ones mainline.
	"docker.io/library/nginx": func(_, minor int) string {
		if minor%2 == 1 {
			return "mainline"
		}
		return "stable"
	},
}

// mysqlLine names the series that get only repairs: 8.0, the last before there
// were two tracks, and the long-term ones. All others since 8.1 are innovation
// releases. After 9.7 versions are dates, whose numbers do not tell the track.
func mysqlLine(major, minor int) string {
	switch {
	case major < 8:
		return ""
	case major == 8 && (minor == 0 || minor == 4), major == 9 && minor == 7:
		return fmt.Sprintf("%d.%d", major, minor)
	}
	return "innovation"
}

// ubuntuLine names the long-term releases, which come in April of even years.
func ubuntuLine(year, month int) string {
	if month == 4 && year%2 == 0 {
		return strconv.Itoa(year) + ".04"
	}
	return "interim"
}

// lineOf names the line of a version, "" where its repository has none.
func lineOf(repository string, v Version) string {
	line, ok := lines[repository]
	if !ok || len(v.Numbers) == 0 || v.Kind == TagDate {
		return ""
	}
	first, err := strconv.Atoi(v.Numbers[0])
	if err != nil {
		return ""
	}
	second := 0
	if len(v.Numbers) > 1 {
		second, _ = strconv.Atoi(v.Numbers[1])
	}
	return line(first, second)
}
