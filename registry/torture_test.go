package registry

import (
	"testing"
)

// TestTorture injects the faults of the table of what pinbot must survive, by
// their ids. Where the outcome is one of the whole program the client's half is
// shown: which error, how many requests, and that other hosts still answer.
func TestTorture(t *testing.T) {
	rows := []struct {
		id   string
		test func(*testing.T)
	}{
		{"R01", tortureNoSuchHost}, {"R02", tortureReset}, {"R03", tortureNoHeader}, {"R04", tortureSlowBody},
		{"R05", tortureTwoFailures}, {"R06", tortureRetryAfter}, {"R07", tortureLongRetryAfter}, {"R08", tortureOddRetryAfter},
		{"R09", tortureDeferredHost}, {"R10", tortureLinkLoop}, {"R11", tortureEndlessLinks}, {"R12", tortureLinkElsewhere},
		{"R13", tortureHugePage}, {"R14", tortureLyingDigest}, {"R15", tortureNoDigest}, {"R16", tortureOddDigest},
		{"R17", tortureMovedMeanwhile}, {"R19", tortureHugeManifest}, {"R20", torturePortal}, {"R21", tortureDeletedTag},
		{"R22", tortureSudden401}, {"R23", tortureTLS}, {"R24", tortureOddTags},
		{"S01", tortureRealmMetadata}, {"S02", tortureRealmLoopbackByName}, {"S03", tortureRebinding}, {"S04", tortureRedirectMetadata},
		{"S05", tortureRealmOddAddresses}, {"S06", tortureRealmDowngrade}, {"S07", tortureRealmElsewhere},
		{"S08", tortureRedirectBearer}, {"S09", tortureRedirects}, {"S11", tortureProxy}, {"S12", tortureForeignLayers},
		{"O05", tortureEcho},
	}
	for _, row := range rows {
		t.Run(row.id, row.test)
	}
}
