#pragma once

#include "core/vault/ranking/ranking.h"

#include <QHash>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QWidget>

#include <functional>

namespace tau::ui {

/// Which vaults are listed at all: a menu adds conditions, each stands as a chip that a click (or
/// Space) takes away; and the field that searches names.
class FilterBar : public QWidget {
    Q_OBJECT
public:
    explicit FilterBar(QWidget* parent = nullptr);
    const vault::Filter& filter() const { return filter_; }
    void set_filter(const vault::Filter& filter); ///< tells nobody
    void set_area(const std::optional<vault::Area>& area);
    void clear();
    bool is_empty() const { return filter_ == vault::Filter{}; }
    QLineEdit* search() const { return search_; }

Q_SIGNALS:
    void changed();

private:
    using Choice = std::optional<double> vault::Filter::*;
    void make_menu();
    void add_choices(const QString& title, Choice member, std::initializer_list<double> values,
                     const std::function<QString(double)>& text);
    void add_regions();
    void add_flags();
    void add_chip(const QString& text, std::function<void(vault::Filter&)> remove);
    void change(const std::function<void(vault::Filter&)>& edit);
    void show_filter();

    vault::Filter filter_;
    QToolButton* add_;
    QMenu* menu_;
    QLineEdit* search_;
    QWidget* chips_;
    QList<std::function<void()>> checks_; ///< bring the menu's marks up to date
};

} // namespace tau::ui
