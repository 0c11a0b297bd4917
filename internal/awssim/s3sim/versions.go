// This file answers ListObjectVersions.
package s3sim

import (
	"encoding/xml"
	"maps"
	"slices"
)

type versionShape struct {
	XMLName      xml.Name
	Key          string
	VersionID    string `xml:"VersionId"`
	IsLatest     bool
	LastModified string
	ETag         string `xml:",omitempty"`
	Size         *int   `xml:",omitempty"`
	StorageClass string `xml:",omitempty"`
	Owner        ownerShape
}

// listObjectVersions lists every version of a key, newest first. A page may end between two versions of one key.
func listObjectVersions(r *request) (*answer, error) {
	if err := r.mayBucket("s3:ListBucketVersions"); err != nil {
		return nil, err
	}
	l, err := r.listing("max-keys", "")
	if err != nil {
		return nil, err
	}
	result := struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListVersionsResult"`
		heading
		KeyMarker           string
		VersionIDMarker     string `xml:"VersionIdMarker"`
		NextKeyMarker       string `xml:",omitempty"`
		NextVersionIDMarker string `xml:"NextVersionIdMarker,omitempty"`
		Versions            []versionShape
		CommonPrefixes      []prefixShape
	}{KeyMarker: l.text(r.query.Get("key-marker")), VersionIDMarker: r.query.Get("version-id-marker")}
	lines := r.versionLines(l)
	shown := lines[:min(l.max, len(lines))]
	truncated := len(shown) < len(lines) && l.max > 0
	for _, line := range shown {
		if line.version == nil {
			result.CommonPrefixes = append(result.CommonPrefixes, prefixShape{l.text(line.name)})
			continue
		}
		result.Versions = append(result.Versions, shapeVersion(l, line))
	}
	if truncated {
		last := shown[len(shown)-1]
		result.NextKeyMarker = l.text(last.name)
		if last.version != nil {
			result.NextVersionIDMarker = last.version.id
		}
	}
	result.heading = r.heading(l, truncated)
	return ok(result), nil
}

// versionLine is a version, or a common prefix when version is nil.
type versionLine struct {
	name    string
	version *version
	latest  bool
}

// versionLines gives all lines after the two markers.
func (r *request) versionLines(l listing) []versionLine {
	var lines []versionLine
	marker, markerID := r.query.Get("key-marker"), r.query.Get("version-id-marker")
	for _, key := range slices.Sorted(maps.Keys(r.bucket.objects)) {
		e, shown := l.entry(key)
		last := len(lines) - 1
		switch {
		case !shown, e.name < marker, e.name == marker && (markerID == "" || e.common):
			continue
		case e.common && last >= 0 && lines[last].name == e.name && lines[last].version == nil:
			continue
		case e.common:
			lines = append(lines, versionLine{name: e.name})
			continue
		}
		all := slices.Clone(r.bucket.objects[key])
		slices.Reverse(all)
		from := 0
		if key == marker {
			from = 1 + slices.IndexFunc(all, func(v *version) bool { return v.id == markerID })
		}
		for i, v := range all[from:] {
			lines = append(lines, versionLine{key, v, from+i == 0})
		}
	}
	return lines
}

func shapeVersion(l listing, line versionLine) versionShape {
	v := line.version
	shape := versionShape{
		Key: l.text(line.name), VersionID: v.id, IsLatest: line.latest, LastModified: xmlTime(v.modified),
		Owner: ownerShape{canonicalID(v.owner)},
	}
	if v.marker {
		shape.XMLName.Local = "DeleteMarker"
		return shape
	}
	size := len(v.body)
	shape.XMLName.Local, shape.ETag, shape.Size, shape.StorageClass = "Version", quoted(v.etag), &size, v.storageClass()
	return shape
}
