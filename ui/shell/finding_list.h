#pragma once

#include "ui/common/page.h"
#include "ui/services.h"

namespace tau::ui {

/// What a verification found, one line each: icon, subject, sentence.
class FindingList : public Card {
    Q_OBJECT
public:
    explicit FindingList(QWidget* parent = nullptr);
    void show_findings(const std::vector<project::Finding>& findings);
};

} // namespace tau::ui
