# Confusion matrices, SYNTHIA (rendered stand-in), ResNet-18. Run in this folder: gnuplot synthia-resnet18-confusions.gp
reset
set encoding utf8
set terminal pngcairo size 2040,1200 noenhanced fontscale 0.75 font 'sans-serif,16' background rgb 'white'
set output 'synthia-resnet18-confusions.png'
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set multiplot layout 2,4 title 'SYNTHIA (rendered stand-in), ResNet-18: true classes in rows, predicted ones in columns' font 'sans-serif,20' margins screen 0.0735,0.9755,0.2000,0.9250 spacing screen 0.0784,0.1583
unset grid
set border 15
set cbrange [0:100]
set colorbox horizontal user origin screen 0.0735,0.0600 size screen 0.1471,0.0117
set cbtics 50
set cblabel 'percent of the pixels of the true class'
set palette defined (0 '#FFFFFF', 20 '#C6DBEF', 60 '#4292C6', 100 '#08306B')
set xrange [-0.5:13.0-0.5]
set yrange [13.0-0.5:-0.5]
set xtics rotate by 60 right font 'sans-serif,12' ('sky' 0, 'building' 1, 'road' 2, 'sidewalk' 3, 'fence' 4, 'vegetation' 5, 'pole' 6, 'car' 7, 'traffic sign' 8, 'pedestrian' 9, 'bicycle' 10, 'lane marking' 11, 'traffic light' 12)
set ytics font 'sans-serif,12' ('sky' 0, 'building' 1, 'road' 2, 'sidewalk' 3, 'fence' 4, 'vegetation' 5, 'pole' 6, 'car' 7, 'traffic sign' 8, 'pedestrian' 9, 'bicycle' 10, 'lane marking' 11, 'traffic light' 12)
set title 'ce [C]'
plot 'synthia-resnet18-confusions.dat' index 0 using 2:1:3 with image
unset colorbox
set title 'weighted_ce [D]'
plot 'synthia-resnet18-confusions.dat' index 1 using 2:1:3 with image
unset colorbox
set title 'balanced_ce [C]'
plot 'synthia-resnet18-confusions.dat' index 2 using 2:1:3 with image
unset colorbox
set title 'focal(gamma: 1) [C]'
plot 'synthia-resnet18-confusions.dat' index 3 using 2:1:3 with image
unset colorbox
set title 'ohem(keep: 0.7) [C]'
plot 'synthia-resnet18-confusions.dat' index 4 using 2:1:3 with image
unset colorbox
set title 'soft_iou [C]'
plot 'synthia-resnet18-confusions.dat' index 5 using 2:1:3 with image
unset colorbox
set title 'lovasz [C]'
plot 'synthia-resnet18-confusions.dat' index 6 using 2:1:3 with image
unset colorbox
set title 'recall [C]'
plot 'synthia-resnet18-confusions.dat' index 7 using 2:1:3 with image
unset colorbox
unset multiplot
unset output
